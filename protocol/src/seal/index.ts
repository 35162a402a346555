export { type Binding, type Direction, externalAad } from './binding.ts';
export { maxFrameBytes, maxSealBytes } from './frame.ts';
export {
  type FoundKey,
  type KeyGeneration,
  type KeyRing,
  type KeyState,
  keyRing,
  RingKey,
} from './key-ring.ts';
export { parseSealKey, type SealKey, sealKeyText } from './key-text.ts';
export { type DeviceKeys, deriveKeys, deviceSecretBytes, deviceSecretFromGroup } from './keys.ts';
export { generationOf, kidOf } from './kid.ts';
export { isEncryptable, levelOfKind, peekLevel, SealLevel, type SealLevelCode, satisfies } from './level.ts';
export { type OpenContext, type Opened, type OpenResult, open, type SealFailure } from './open.ts';
export { type Link, minimumLevel, type Sensitivity, weakestLink } from './policy.ts';
export {
  type Announcement,
  type AnnouncementState,
  type AnnouncementVerdict,
  announcementState,
  judgeAnnouncement,
} from './replay-announcement.ts';
export { emptyWindow, judgeSeq, type SeqVerdict, type SeqWindow, withSeq } from './replay-bits.ts';
export { type SealContext, type Signer, seal } from './seal.ts';
