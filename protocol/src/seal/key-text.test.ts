import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseSealKey, sealKeyText } from './key-text.ts';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const encoded = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

describe('the text of a seal key', () => {
  it.each([
    [{ level: 1, generation: 0, secret } as const, `s1.0.${encoded}`],
    [{ level: 2, generation: 300, secret } as const, `s2.300.${encoded}`],
    [{ level: 3, generation: 1, secret } as const, `s3.1.${encoded}`],
  ])('is level, generation and secret: %j', (key, text) => {
    expect(sealKeyText(key)).toBe(text);
    expect(parseSealKey(` ${text}\n`)).toEqual(key);
  });

  it.each([
    ['Ed25519', generateKeyPairSync('ed25519')],
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'prime256v1' })],
  ])('carries the private key of S3 (%s)', (_, { privateKey, publicKey }) => {
    const read = parseSealKey(sealKeyText({ level: 3, generation: 1, secret, privateKey }));
    expect(createPublicKey(read!.privateKey!).equals(publicKey)).toBe(true);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  it.each([
    ['nothing', ''],
    ['a token of a login', encoded],
    ['level 0', `s0.1.${encoded}`],
    ['a generation with a leading zero', `s1.01.${encoded}`],
    ['a generation above 2^53 - 1', `s1.9007199254740993.${encoded}`],
    ['a secret that is too short', `s1.1.${encoded.slice(1)}`],
    ['two lines', `s1.1.${encoded}\ns1.2.${encoded}`],
    ['a private key outside S3', `s2.1.${encoded}.AAAA`],
    ['a private key that is none', `s3.1.${encoded}.AAAA`],
    ['an RSA key', sealKeyText({ level: 3, generation: 1, secret, privateKey: rsa })],
  ])('is not %s', (_, text) => {
    expect(parseSealKey(text)).toBe(null);
  });
});
