import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../wire/index.ts';
import { keyRing } from './key-ring.ts';
import { deriveKeys, deviceSecretFromGroup } from './keys.ts';
import { generationOf, kidOf } from './kid.ts';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const other = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const boot = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
const hmac = (key: Uint8Array, text: Uint8Array | string) => createHmac('sha256', key).update(text).digest();

/** HKDF of one block by its two steps (RFC 5869, 2.2 and 2.3). */
function byHand(salt: Uint8Array, info: string, length: number): string {
  const extracted = hmac(salt.length === 0 ? new Uint8Array(32) : salt, secret);
  return hmac(extracted, Buffer.concat([Buffer.from(info), Buffer.of(1)]))
    .subarray(0, length)
    .toString('hex');
}

describe('keys of a device', () => {
  it('are HKDF-SHA-256 of its secret, one for each direction and use', () => {
    const keys = deriveKeys(secret);
    const none = new Uint8Array(0);
    expect(toHex(keys.upMac)).toBe(byHand(none, 'pou1 up mac', 32));
    expect(toHex(keys.upEnc)).toBe(byHand(none, 'pou1 up enc', 16));
    expect(toHex(keys.dnMac)).toBe(byHand(none, 'pou1 dn mac', 32));
    expect(toHex(keys.dnEnc)).toBe(byHand(none, 'pou1 dn enc', 16));
    const starts = Object.values(keys).map((key) => toHex(key.slice(0, 16)));
    expect(new Set(starts).size).toBe(4);
  });

  it('encrypt with a key of their boot where boot is random', () => {
    const keys = deriveKeys(secret, { boot });
    expect(toHex(keys.upEnc)).toBe(byHand(boot, 'pou1 up enc', 16));
    expect({ ...keys, upEnc: null }).toEqual({ ...deriveKeys(secret), upEnc: null });
  });

  it('come from a group key by the device id', () => {
    const mine = deviceSecretFromGroup(secret, 'brw7-00420');
    expect(toHex(mine)).toBe(hmac(secret, 'brw7-00420').toString('hex'));
    expect(deviceSecretFromGroup(secret, 'brw7-00421')).not.toEqual(mine);
    expect(deviceSecretFromGroup(other, 'brw7-00420')).not.toEqual(mine);
  });

  it('are not made of what is no secret, no boot and no id', () => {
    expect(() => deriveKeys(secret.slice(1))).toThrow('31 bytes');
    expect(() => deriveKeys(secret, { boot: boot.slice(1) })).toThrow('7 bytes');
    expect(() => deviceSecretFromGroup(secret.slice(1), 'a')).toThrow('group key');
    expect(() => deviceSecretFromGroup(secret, 'a/b')).toThrow('not a device id');
  });
});

describe('a kid', () => {
  it.each([
    [0, '00'],
    [255, 'ff'],
    [256, '0100'],
    [Number.MAX_SAFE_INTEGER, '1fffffffffffff'],
  ])('of generation %i is %s, and back', (generation, hex) => {
    expect(toHex(kidOf(generation))).toBe(hex);
    expect(generationOf(kidOf(generation))).toBe(generation);
  });

  it('has one form', () => {
    expect(generationOf(Uint8Array.of(0, 7))).toBe(null);
    expect(generationOf(new Uint8Array(0))).toBe(null);
    expect(generationOf(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255))).toBe(null);
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => kidOf(wrong)).toThrow('no generation');
  });
});

describe('a key ring', () => {
  const ring = keyRing(5, [
    { generation: 3, secret },
    { generation: 4, secret },
    { generation: 5, secret: other },
    { generation: 6, secret, revoked: true },
  ]);
  const stateOf = (generation: number) => ring.find(kidOf(generation)).state;

  it('takes generations n and n - 1, and calls older ones expired', () => {
    expect([2, 3, 4, 5, 7].map(stateOf)).toEqual(['expired', 'expired', 'usable', 'usable', 'unknown']);
    expect(ring.current.generation).toBe(5);
    expect(ring.find(kidOf(3)).key).not.toBe(null);
    expect(ring.find(kidOf(2)).key).toBe(null);
    expect(ring.find(Uint8Array.of(0, 5)).state).toBe('unknown');
  });

  it('takes nothing of a generation, or a device, that was revoked', () => {
    expect(stateOf(6)).toBe('revoked');
    const revoked = keyRing(1, [{ generation: 1, secret }], { revoked: true });
    expect([0, 1, 2].map((generation) => revoked.find(kidOf(generation)).state)).toEqual(
      Array(3).fill('revoked'),
    );
  });

  it('forgets keys of random boots when there are too many, and makes them again', () => {
    const { current } = keyRing(1, [{ generation: 1, secret }]);
    const boots = Array.from({ length: 100 }, (_, i) => Uint8Array.from({ length: 8 }, () => i));
    const first = boots.map((each) => current.encryptionKey('up', each));
    expect(boots.map((each) => current.encryptionKey('up', each))).toEqual(first);
    expect(first[7]).toEqual(deriveKeys(secret, { boot: boots[7] as Uint8Array }).upEnc);
  });

  it('is not made of keys that cannot work', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    expect(() => keyRing(1, [{ generation: 1 }])).toThrow('neither a secret nor');
    expect(() => keyRing(1, [{ generation: 1, secret: boot }])).toThrow('8 bytes');
    expect(() => keyRing(1, [{ generation: 1, publicKey }])).toThrow('neither Ed25519 nor P-256');
    expect(() => keyRing(2, [{ generation: 1, secret }])).toThrow('no key of its current generation');
    expect(() =>
      keyRing(1, [
        { generation: 1, secret },
        { generation: 1, secret },
      ]),
    ).toThrow('twice');
  });
});
