import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { deriveKeys, externalAad, keyRing, type OpenContext, open, seal } from '@usewire/protocol/seal';
import { toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  bootId,
  dataMessage,
  dn,
  opening,
  p256,
  p256Jwk,
  ring,
  sealing,
  secret,
  up,
} from './seal-fixture.ts';

/** What is used of cose-js 0.9.0, which has no types. An oracle only: its elliptic has an open CVE. */
interface CoseJs {
  mac: {
    create(headers: object, payload: Buffer, recipient: object, aad: Buffer): Promise<Buffer>;
    read(frame: Buffer, key: Buffer, aad?: Buffer): Promise<Buffer>;
  };
  encrypt: {
    create(headers: object, payload: Buffer, recipient: object, options: object): Promise<Buffer>;
    read(frame: Buffer, key: Buffer, options: object): Promise<Buffer>;
  };
  sign: {
    create(headers: object, payload: Buffer, signer: object): Promise<Buffer>;
    verifySync(frame: Buffer, verifier: object): Buffer;
  };
}
const cose = createRequire(import.meta.url)('cose-js') as CoseJs;

const keys = deriveKeys(secret);
const aad = Buffer.from(externalAad(up));
const contextIv = Buffer.alloc(13);
const kid = Buffer.of(7);
const message = dataMessage(1032);

function opened(frame: Uint8Array, context: OpenContext = opening): string {
  const result = open(frame, context);
  return result.ok ? toHex(result.value.payload) : `refused: ${result.error.detail}`;
}

describe('COSE_Mac0 and cose-js', () => {
  it('it verifies ours, with the external_aad and not without', async () => {
    const frame = Buffer.from(seal(1, message, sealing));
    expect(toHex(await cose.mac.read(frame, Buffer.from(keys.upMac), aad))).toBe(toHex(message));
    await expect(cose.mac.read(frame, Buffer.from(keys.upMac))).rejects.toThrow('Tag mismatch');
    const down = Buffer.from(seal(1, ackMessage, { ...sealing, ...dn }));
    const read = await cose.mac.read(down, Buffer.from(keys.dnMac), Buffer.from(externalAad(dn)));
    expect(toHex(read)).toBe(toHex(ackMessage));
  });

  it('it makes the same bytes, and we open them', async () => {
    const headers = { p: { alg: 'HS256/64' }, u: { kid } };
    const frame = await cose.mac.create(headers, Buffer.from(message), { key: Buffer.from(keys.upMac) }, aad);
    expect(toHex(frame)).toBe(toHex(seal(1, message, sealing)));
    expect(opened(frame)).toBe(toHex(message));
    const unbound = await cose.mac.create(
      headers,
      Buffer.from(message),
      { key: Buffer.from(keys.upMac) },
      Buffer.alloc(0),
    );
    expect(opened(unbound)).toBe('refused: seal does not hold');
  });
});

describe('COSE_Encrypt0 and cose-js', () => {
  const cases: [string, Uint8Array, Uint8Array, Uint8Array][] = [
    ['a boot counter', dataMessage(1032), keys.upEnc, Uint8Array.of(1, 0xa1, 0, 0, 4, 8)],
    ['a first message', dataMessage(0, 0), keys.upEnc, Uint8Array.of(0)],
    [
      'a random boot',
      dataMessage(5, bootId),
      deriveKeys(secret, { boot: bootId }).upEnc,
      Uint8Array.of(...bootId, 0, 0, 0, 5),
    ],
  ];

  it.each(cases)('it reads ours of %s, with the external_aad and not without', async (_, text, key) => {
    const frame = Buffer.from(seal(2, text, sealing));
    const read = await cose.encrypt.read(frame, Buffer.from(key), { contextIv, externalAAD: aad });
    expect(toHex(read)).toBe(toHex(text));
    await expect(cose.encrypt.read(frame, Buffer.from(key), { contextIv })).rejects.toThrow();
  });

  it.each(cases)('it makes the same bytes of %s, and we open them', async (_, text, key, partialIv) => {
    const headers = { p: { alg: 'AES-CCM-16-64-128' }, u: { kid } };
    const options = { contextIv, externalAAD: aad, randomSource: () => Buffer.from(partialIv) };
    const frame = await cose.encrypt.create(headers, Buffer.from(text), { key: Buffer.from(key) }, options);
    expect(toHex(frame)).toBe(toHex(seal(2, text, sealing)));
    expect(opened(frame)).toBe(toHex(text));
  });

  it('a nonce that is not that of the message is refused, although the seal holds', async () => {
    const headers = { p: { alg: 'AES-CCM-16-64-128' }, u: { kid } };
    const options = { contextIv, externalAAD: aad, randomSource: () => Buffer.of(1, 0xa1, 0, 0, 4, 9) };
    const frame = await cose.encrypt.create(
      headers,
      Buffer.from(message),
      { key: Buffer.from(keys.upEnc) },
      options,
    );
    expect(opened(frame)).toBe('refused: the nonce is not boot and seq of the message');
  });

  it('it reads ours down', async () => {
    const frame = Buffer.from(seal(2, ackMessage, { ...sealing, ...dn, counter: 77n }));
    const options = { contextIv, externalAAD: Buffer.from(externalAad(dn)) };
    expect(toHex(await cose.encrypt.read(frame, Buffer.from(keys.dnEnc), options))).toBe(toHex(ackMessage));
  });
});

describe('COSE_Sign1 and cose-js', () => {
  const coordinate = (part: string) => Buffer.from(part, 'base64url');
  const publicKey = { x: coordinate(p256Jwk.x), y: coordinate(p256Jwk.y), kid: '\b' };
  const signer = { generation: 8, privateKey: p256, olderIds: true };

  it('it verifies ours (ES256 by its older id, the one it knows), with the external_aad and not without', () => {
    const frame = Buffer.from(seal(3, message, { ...up, signer }));
    expect(toHex(cose.sign.verifySync(frame, { key: publicKey, externalAAD: aad }))).toBe(toHex(message));
    expect(() => cose.sign.verifySync(frame, { key: publicKey })).toThrow('Signature missmatch');
  });

  it('we verify its own', async () => {
    const key = { d: coordinate(p256Jwk.d) };
    const headers = { p: { alg: 'ES256' }, u: { kid: Buffer.of(8) } };
    const frame = await cose.sign.create(headers, Buffer.from(message), { key, externalAAD: aad });
    expect(opened(frame)).toBe(toHex(message));
    expect(opened(frame, { ...opening, device: 'brw7-0043' })).toBe('refused: seal does not hold');
    const only = keyRing(8, [{ generation: 8, publicKey: createPublicKey(p256) }]);
    expect(opened(frame, { ...opening, keys: only })).toBe(toHex(message));
    expect(ring.find(Uint8Array.of(8)).state).toBe('usable');
  });
});
