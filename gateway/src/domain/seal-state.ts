import type { AnnouncementState, KeyRing, Link, SealLevelCode } from '@usewire/protocol/seal';
import type { DeviceId } from './stored.ts';

/** What is registered of the seals of a device. */
export interface DeviceSeal {
  /** Frames below it are refused; what goes down is sealed like this (S3: in S1). */
  level: 1 | 2 | 3;
  keys: KeyRing;
  /** From then on the keys have to be looked up again: the grace of one ends. */
  freshUntilMs: number;
}

/** Keys of devices that may change while the gateway runs. */
export interface SealKeys {
  /** null = the device has none; 'unavailable' = nobody can say now. Never throws. */
  of(id: DeviceId): DeviceSeal | null | 'unavailable';
  /** A number that no nonce down ever had (POU-SEAL-7); null when none can be reserved now. */
  nextCounter(): bigint | null;
  /** A frame has proven this generation: its key is on the device. */
  used(id: DeviceId, generation: number): void;
}

/** A gateway whose devices have no seals. */
export const noSealKeys: SealKeys = {
  of: () => null,
  nextCounter: () => null,
  used: () => {},
};

/** What the policy asks of all devices. */
export interface SealPolicy {
  /** At least this, whatever the model and the link. */
  minimum: SealLevelCode;
  /** Hop before this gateway that it cannot see; null = there is none. */
  behind: Link | null;
  /** The table of POU-SEAL-13 holds; false on a development gateway. */
  byTable: boolean;
}

/** Which levels suffice for a message; kept until model, hop or keys are others. */
export interface SealNeeds {
  modelHash: string;
  hop: Link;
  registered: DeviceSeal | null;
  /** By level: kinds with a seq of their own, and all others. */
  content: readonly boolean[];
  report: readonly boolean[];
  /** In words, for who is refused. */
  words: string;
}

/** The seals of one device, as of its newest connection. */
export interface SealState {
  /** undefined = not looked up since the registry changed. */
  registered: DeviceSeal | null | undefined;
  hop: Link;
  /** Generation that a frame of this connection has proven; null = none yet. */
  proven: number | null;
  /** Latest announcement that was taken, and the one before this connection: a will is as old as its connection. */
  latest: AnnouncementState | null;
  latestBefore: AnnouncementState | null;
  needs: SealNeeds | null;
}

export function sealState(latest: AnnouncementState | null): SealState {
  return {
    registered: undefined,
    hop: 'loopback',
    proven: null,
    latest,
    latestBefore: latest,
    needs: null,
  };
}

/** A connection of the device begins. */
export function beginLink(state: SealState, hop: Link): void {
  state.hop = hop;
  state.proven = null;
  state.latestBefore = state.latest;
}

/** How a stored message was sealed, in one number: 0 = not, else level and key generation. */
export function sealMark(level: SealLevelCode, generation: number | null): number {
  return level === 0 ? 0 : level + 4 * (generation ?? 0);
}

export function readSealMark(mark: number): { level: SealLevelCode; generation: number | null } {
  const level = (mark % 4) as SealLevelCode;
  return { level, generation: level === 0 ? null : Math.floor(mark / 4) };
}
