import { sealed } from './seal.ts';
import { refused } from './seal-refused.ts';
import {
  ackHex,
  dataOf,
  ed25519Public,
  p256Public,
  type SealRow,
  secretBefore,
  secretNow,
  usual,
} from './seal-row.ts';
import { bytesOf } from './vector.ts';

const data = dataOf(417, 1032);
const blank = { id: '', requirement: '', description: '' };
const s1 = sealed({ ...blank, level: 1 }, data);
const s2 = sealed({ ...blank, level: 2 }, data);
const s3 = sealed({ ...blank, level: 3, secrets: {}, publicKeys: { 7: ed25519Public } }, data);
const silent = null;

/** What keys and levels refuse. */
export const sealKeyRefusals: SealRow[] = [
  refused(
    ['generation-9', 'POU-SEAL-9', 'a key that is not there'],
    ['not-authorised', silent],
    sealed({ ...blank, level: 1, current: 9, secrets: { 9: secretNow } }, data),
    { current: 7, secrets: usual.secrets },
  ),
  refused(
    ['generation-5', 'POU-SEAL-9', 'an expired key, proven'],
    ['key-expired', 'key-expired'],
    sealed({ ...blank, level: 1, current: 5 }, data),
    { current: 7 },
  ),
  refused(
    ['generation-5-forged', 'POU-SEAL-9', 'an expired key, not proven'],
    ['key-expired', silent],
    sealed({ ...blank, level: 1, current: 5, secrets: { 5: secretNow } }, data),
    { current: 7, secrets: usual.secrets },
  ),
  refused(['revoked', 'POU-SEAL-10', 'a device that was revoked'], ['not-authorised', silent], s1, {
    revoked: true,
  }),
  refused(['other-secret', 'POU-SEAL-11', 'another secret'], ['not-authorised', silent], s2, {
    secrets: { 7: secretBefore },
  }),
  refused(['other-public-key', 'POU-SEAL-11', 'another public key'], ['not-authorised', silent], s3, {
    publicKeys: { 7: p256Public },
  }),
  refused(
    ['plain', 'POU-SEAL-13', 'no seal where one is needed'],
    ['auth-required', 'auth-required'],
    sealed({ ...blank, level: 0, minimum: 0 }, data),
    { minimum: 1 },
  ),
  refused(
    ['mac-for-encryption', 'POU-SEAL-13', 'S1 where S2 is needed'],
    ['auth-required', 'auth-required'],
    s1,
    { minimum: 2 },
  ),
  refused(
    ['signature-for-encryption', 'POU-SEAL-13', 'a signature hides nothing'],
    ['auth-required', 'auth-required'],
    s3,
    { minimum: 2 },
  ),
  refused(
    ['down-plain', 'POU-SEAL-13', 'a device that needs seals down'],
    ['auth-required', 'auth-required'],
    sealed({ ...blank, level: 0, direction: 'dn' }, bytesOf(ackHex)),
    {},
  ),
];
