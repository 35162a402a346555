import { createPublicKey } from 'node:crypto';
import {
  deriveKeys,
  keyRing,
  maxFrameBytes,
  maxSealBytes,
  open,
  peekLevel,
  type SealLevelCode,
  seal,
} from '@usewire/protocol/seal';
import { encodeMessage, limits, toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  bootId,
  dataMessage,
  dn,
  ed25519,
  everySeal,
  otherSecret,
  outcome,
  p256,
  ring,
  sealing,
  secret,
  spliced,
  statusMessage,
  up,
} from './seal-fixture.ts';

describe('a sealed frame', () => {
  it.each(everySeal)('%s gives its message back', (name, level, frame, context) => {
    const result = open(frame, context);
    if (!result.ok) expect.fail(result.error.detail);
    const expected =
      context.direction === 'dn' ? ackMessage : dataMessage(result.value.seq ?? -1, result.value.boot ?? 0);
    expect(toHex(result.value.payload)).toBe(toHex(expected));
    expect(result.value.level).toBe(level);
    expect(peekLevel(frame)).toBe(level);
    expect(result.value.keyGeneration).toBe(name === 'S3 ES256' ? 8 : 7);
  });

  it.each(everySeal)('%s is refused when any one of its bits is another', (_, __, frame, context) => {
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const changed = frame.slice();
      changed[bit >> 3]! ^= 128 >> (bit & 7);
      expect(open(changed, { ...context, minimum: 0 }).ok, `bit ${bit}`).toBe(false);
    }
  });

  it.each(everySeal)('%s is refused when it is cut anywhere or goes on', (_, __, frame, context) => {
    for (let end = 0; end < frame.length; end++) expect(open(frame.slice(0, end), context).ok).toBe(false);
    expect(open(Uint8Array.of(...frame, 0), context).ok).toBe(false);
  });

  it.each(everySeal)('%s is refused under another tenant, device or direction', (_, __, frame, context) => {
    const direction = context.direction === 'up' ? 'dn' : 'up';
    const others = [
      { tenant: 'acmf' },
      { device: 'brw7-0043' },
      { direction } as const,
      { tenant: 'acmeb', device: 'rw7-0042' },
    ];
    // A Partial IV of a random boot id has a form that there is none of down.
    const expected = /^(notAuthorised|notDeterministic), silent$/;
    for (const other of others) expect(outcome(frame, { ...context, ...other })).toMatch(expected);
  });

  it.each(everySeal)('%s is refused under another key', (_, __, frame, context) => {
    const keys = keyRing(8, [
      { generation: 7, secret: otherSecret, publicKey: createPublicKey(p256) },
      { generation: 8, secret: otherSecret, publicKey: createPublicKey(ed25519) },
    ]);
    expect(outcome(frame, { ...context, keys })).toBe('notAuthorised, silent');
  });

  it('adds 21 bytes in S1, 23 to 30 in S2 (34 of a random boot) and 78 in S3 to a message of 24 to 247 bytes', () => {
    const added = (level: SealLevelCode, message: Uint8Array) =>
      seal(level, message, sealing).length - message.length;
    expect(dataMessage(1032).length).toBe(36);
    expect(added(1, dataMessage(1032))).toBe(21);
    expect(added(3, dataMessage(1032))).toBe(78);
    expect(added(2, dataMessage(9, 0))).toBe(23);
    expect(added(2, dataMessage(1032, 0))).toBe(24);
    expect(added(2, dataMessage(1032, 417))).toBe(28);
    expect(added(2, dataMessage(1032, 2 ** 31))).toBe(30);
    expect(added(2, dataMessage(1032, bootId))).toBe(34);
  });

  it('never grows by more than its bound', () => {
    const large = new Uint8Array(limits.maxMessageBytes).fill(0);
    const keys = keyRing(Number.MAX_SAFE_INTEGER, [{ generation: Number.MAX_SAFE_INTEGER, secret }]);
    const signer = { generation: Number.MAX_SAFE_INTEGER, privateKey: ed25519 };
    expect(seal(3, large, { ...up, keys, signer }).length).toBeLessThanOrEqual(
      limits.maxMessageBytes + maxSealBytes,
    );
    expect(outcome(new Uint8Array(maxFrameBytes + 1).fill(0xd1))).toBe('tooLarge, silent');
    expect(() => seal(1, new Uint8Array(limits.maxMessageBytes + 1), sealing)).toThrow('cannot seal');
    expect(() => seal(1, new Uint8Array(0), sealing)).toThrow('cannot seal');
  });

  it('is the same bytes each time, except ES256', () => {
    for (const level of [1, 2, 3] as const)
      expect(toHex(seal(level, dataMessage(5), sealing))).toBe(toHex(seal(level, dataMessage(5), sealing)));
  });
});

describe('the nonce', () => {
  it('of a message up is its boot and seq, in the one shortest form', () => {
    const frame = toHex(seal(2, dataMessage(1032, 417), sealing));
    expect(frame.startsWith('d08343a1010aa20441070646' + '01a100000408')).toBe(true);
    expect(toHex(seal(2, dataMessage(0, 0), sealing)).startsWith('d08343a1010aa20441070641' + '00')).toBe(
      true,
    );
    const random = toHex(seal(2, dataMessage(1032, bootId), sealing));
    expect(random.startsWith('d08343a1010aa2044107064c' + '0009080706050403' + '00000408')).toBe(true);
    const padded = spliced(seal(2, dataMessage(1, 0), sealing), '064101', '06420001');
    expect(outcome(padded)).toBe('notDeterministic, silent');
  });

  it('of a message down is the counter of the gateway', () => {
    const frame = toHex(seal(2, ackMessage, { ...sealing, ...dn, counter: 0x1_0000_0000n }));
    expect(frame.startsWith('d08343a1010aa20441070645' + '0100000000')).toBe(true);
    expect(() => seal(2, ackMessage, { ...sealing, ...dn })).toThrow('without a counter');
    expect(() => seal(2, ackMessage, { ...sealing, ...dn, counter: 1n << 64n })).toThrow('64-bit');
  });

  it('would come again for kinds without a seq of their own: they are not encrypted', () => {
    expect(() => seal(2, statusMessage, sealing)).toThrow('has no seq of its own');
    const modelReq = encodeMessage({ kind: 12, modelHash: Uint8Array.of(1, 2, 3, 4) });
    expect(() => seal(2, modelReq, sealing)).toThrow('has no seq of its own');
    expect(() => seal(2, Uint8Array.of(0xff), sealing)).toThrow('no message');
  });

  it('is of a key of its own for each random boot', () => {
    const a = seal(2, dataMessage(1, bootId), sealing);
    const b = seal(
      2,
      dataMessage(
        1,
        bootId.map((byte) => byte ^ 1),
      ),
      sealing,
    );
    const tail = (frame: Uint8Array) => toHex(frame.slice(30, 40));
    expect(tail(a)).not.toBe(tail(b));
    expect(toHex(deriveKeys(secret, { boot: bootId }).upEnc)).not.toBe(toHex(deriveKeys(secret).upEnc));
  });
});

it('a ring without the secret that a level needs cannot seal', () => {
  const keys = keyRing(1, [{ generation: 1, publicKey: createPublicKey(ed25519) }]);
  expect(() => seal(1, ackMessage, { ...dn, keys })).toThrow('without a secret');
  expect(() => seal(2, dataMessage(1), { ...up, keys })).toThrow('without a secret');
  expect(() => seal(1, ackMessage, dn)).toThrow('without keys');
  expect(() => seal(3, ackMessage, dn)).toThrow('without a signer');
  expect(() => seal(1, ackMessage, { ...dn, device: 'a/b', keys: ring })).toThrow('not an id');
});
