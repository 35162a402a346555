import { deriveKeys, externalAad } from '@usewire/protocol/seal';
import { toHex } from '@usewire/protocol/wire';
import { ccmEncrypt, signatureOf } from '../../src/seal/cose.ts';
import { nonceOf } from '../../src/seal/nonce.ts';
import { sealed } from './seal.ts';
import { refused } from './seal-refused.ts';
import { dataOf, ed25519, ed25519Public, type SealRow, secretNow, statusBytes, usual } from './seal-row.ts';
import { bytesOf } from './vector.ts';

const data = dataOf(417, 1032);
const blank = { id: '', requirement: '', description: '' };
const s1 = sealed({ ...blank, level: 1 }, data);
const s2 = sealed({ ...blank, level: 2 }, data);
const s3 = sealed({ ...blank, level: 3, secrets: {}, publicKeys: { 7: ed25519Public } }, data);

/** A frame in which one stretch of hex digits is another. */
function swap(row: SealRow, from: string, to: string): Pick<SealRow, 'frame' | 'cddl'> {
  const parts = row.frame.split(from);
  if (parts.length !== 2) throw new Error(`${from} is ${parts.length - 1} times in ${row.frame}`);
  return { frame: parts.join(to), cddl: 'no-match' };
}

/** An Encrypt0 that holds, of any plaintext under any Partial IV. */
function crafted(partialIv: string, plaintext: Uint8Array): Pick<SealRow, 'frame' | 'cddl'> {
  const iv = bytesOf(partialIv);
  const key = deriveKeys(bytesOf(secretNow)).upEnc;
  const covered = { protectedHeader: bytesOf('a1010a'), aad: externalAad(usual), key, nonce: nonceOf(iv) };
  const body = ccmEncrypt(covered, plaintext);
  const head = `d08343a1010aa204410706${toHex(Uint8Array.of(0x40 + iv.length))}${partialIv}58${toHex(Uint8Array.of(body.length))}`;
  return { frame: head + toHex(body), cddl: 'match' };
}

/** A Sign1 by Ed25519 under any protected header. */
function signedAs(header: string): Pick<SealRow, 'frame' | 'cddl'> {
  const covered = { protectedHeader: bytesOf(header), aad: externalAad(usual) };
  const signature = toHex(signatureOf(ed25519, covered, data));
  return { frame: `d28443${header}a1044107582a${toHex(data)}5840${signature}`, cddl: 'match' };
}

const silent = null;
const last = s1.frame.slice(-2);
const otherLast = toHex(Uint8Array.of(Number.parseInt(last, 16) ^ 1));

export const sealRefusals: SealRow[] = [
  refused(
    ['tag-19', 'POU-SEAL-1', 'a tag that is no seal'],
    ['malformed', silent],
    s1,
    swap(s1, 'd18443', 'd38443'),
  ),
  refused(['tag-long', 'POU-SEAL-1', 'tag 17 in two bytes'], ['malformed', silent], s1, {
    ...swap(s1, 'd18443', 'd8118443'),
    cddl: 'match',
  }),
  refused(['five-members', 'POU-SEAL-1', 'an array of five'], ['schema', silent], s1, {
    ...swap(s1, 'd18443', 'd18543'),
    frame: `${s1.frame.replace('d184', 'd185')}00`,
  }),
  refused(['trailing', 'POU-SEAL-1', 'a byte after the end'], ['malformed', silent], s1, {
    frame: `${s1.frame}00`,
    cddl: 'no-match',
  }),
  refused(['cut', 'POU-SEAL-1', 'a byte less'], ['malformed', silent], s1, {
    frame: s1.frame.slice(0, -2),
    cddl: 'no-match',
  }),
  refused(
    ['long-length', 'POU-SEAL-1', 'a length not in its shortest form'],
    ['not-deterministic', silent],
    s1,
    { ...swap(s1, '8443a10104', '845803a10104'), cddl: 'match' },
  ),
  refused(
    ['algorithm-5', 'POU-SEAL-3', 'HMAC 256/256 is not of S1'],
    ['schema', silent],
    s1,
    swap(s1, '43a10104', '43a10105'),
  ),
  refused(
    ['algorithm-text', 'POU-SEAL-3', 'an algorithm in words'],
    ['schema', silent],
    s1,
    swap(s1, '43a10104', '47a10164484d4143'),
  ),
  refused(
    ['algorithm-unprotected', 'POU-SEAL-3', 'an algorithm that is not covered'],
    ['schema', silent],
    s1,
    swap(s1, '43a10104a10441', '41a0a201040441'),
  ),
  refused(
    ['protected-trailing', 'POU-SEAL-3', 'a byte after the protected map'],
    ['malformed', silent],
    s1,
    swap(s1, '43a10104', '44a1010400'),
  ),
  refused(
    ['signed-as-other', 'POU-SEAL-3', 'Ed25519 called ESP256 by the signer itself: the signature holds'],
    ['not-authorised', silent],
    s3,
    signedAs('a10128'),
  ),
  refused(
    ['content-type', 'POU-SEAL-3', 'more in the protected header'],
    ['schema', silent],
    s1,
    swap(s1, '43a10104', '45a201040300'),
  ),
  refused(
    ['algorithm-of-mac', 'POU-SEAL-3', 'the algorithm of S1 under the tag of S2'],
    ['schema', silent],
    s2,
    swap(s2, '43a1010a', '43a10104'),
  ),
  refused(['algorithm-of-other-key', 'POU-SEAL-3', 'Ed25519 called ESP256'], ['not-authorised', silent], s3, {
    ...swap(s3, '43a10132', '43a10128'),
    cddl: 'match',
  }),
  refused(['no-kid', 'POU-SEAL-4', 'no kid'], ['schema', silent], s1, swap(s1, '04a1044107', '04a0')),
  refused(['kid-zero', 'POU-SEAL-4', 'a generation with a leading zero'], ['not-authorised', silent], s1, {
    ...swap(s1, 'a1044107', 'a104420007'),
    cddl: 'match',
  }),
  refused(
    ['kid-9', 'POU-SEAL-4', 'a kid of nine bytes'],
    ['schema', silent],
    s1,
    swap(s1, 'a1044107', 'a10449070707070707070707'),
  ),
  refused(
    ['unprotected-more', 'POU-SEAL-4', 'one parameter more'],
    ['schema', silent],
    s1,
    swap(s1, 'a1044107', 'a20441070740'),
  ),
  refused(['mac-7', 'POU-SEAL-3', 'a MAC of seven bytes'], ['schema', silent], s1, {
    frame: s1.frame.slice(0, -18) + '47' + s1.frame.slice(-14),
    cddl: 'no-match',
  }),
  refused(['mac-changed', 'POU-SEAL-11', 'one bit of the MAC'], ['not-authorised', silent], s1, {
    frame: s1.frame.slice(0, -2) + otherLast,
  }),
  refused(['message-changed', 'POU-SEAL-11', 'one bit of the message'], ['not-authorised', silent], s1, {
    ...swap(s1, '190352', '190353'),
    cddl: 'match',
  }),
  refused(['other-tenant', 'POU-SEAL-2', 'another tenant'], ['not-authorised', silent], s1, {
    tenant: 'acmf',
  }),
  refused(
    ['other-device', 'POU-SEAL-2', 'another device that has the same secret'],
    ['not-authorised', silent],
    s2,
    { device: 'brw7-0043' },
  ),
  refused(['shifted-ids', 'POU-SEAL-2', 'the same letters, cut elsewhere'], ['not-authorised', silent], s3, {
    tenant: 'acmeb',
    device: 'rw7-0042',
  }),
  refused(['mirrored', 'POU-SEAL-2', 'sent back to where it came from'], ['not-authorised', silent], s1, {
    direction: 'dn',
  }),
  refused(['mirrored-encrypted', 'POU-SEAL-5', 'the same with S2'], ['not-authorised', silent], s2, {
    direction: 'dn',
  }),
  refused(
    ['iv-padded', 'POU-SEAL-6', 'a Partial IV with a leading zero'],
    ['not-deterministic', silent],
    s2,
    crafted('0001a100000408', data),
  ),
  refused(['iv-9', 'POU-SEAL-6', 'a Partial IV of nine bytes'], ['not-deterministic', silent], s2, {
    ...crafted('0101a1000000000408', data),
    cddl: 'no-match',
  }),
  refused(['iv-13', 'POU-SEAL-6', 'the whole nonce'], ['schema', silent], s2, {
    ...crafted('000000000000000001a1000004'.padEnd(26, '0'), data),
    cddl: 'no-match',
  }),
  refused(
    ['iv-of-other-seq', 'POU-SEAL-8', 'a nonce that is not boot and seq of the message'],
    ['schema', 'schema'],
    s2,
    crafted('01a100000409', data),
  ),
  refused(
    ['status-encrypted', 'POU-SEAL-8', 'a kind without a seq of its own'],
    ['schema', 'schema'],
    s2,
    crafted('01a100000408', statusBytes),
  ),
  refused(
    ['no-message', 'POU-SEAL-8', 'an array in a seal that holds'],
    ['schema', 'schema'],
    s2,
    crafted('01', bytesOf('9000000000000000000000000000000000')),
  ),
];
