import { createPublicKey } from 'node:crypto';
import {
  deriveKeys,
  keyRing,
  maxFrameBytes,
  maxSealBytes,
  type OpenContext,
  open,
  peekLevel,
  type SealLevelCode,
  seal,
} from '@usewire/protocol/seal';
import { Code, codeName, encodeMessage, limits, toHex } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  bootId,
  dataMessage,
  dn,
  ed25519,
  everySeal,
  opening,
  otherSecret,
  p256,
  ring,
  sealing,
  secret,
  statusMessage,
  up,
} from './seal-fixture.ts';

/** What comes of a frame: its level, or the name of the code and what would be answered. */
function outcome(frame: Uint8Array, context: OpenContext = opening): string {
  const result = open(frame, context);
  if (result.ok) return `S${result.value.level}`;
  const { code, answer } = result.error;
  return `${codeName(code)}, ${answer === null ? 'silent' : `answered ${codeName(answer)}`}`;
}

function spliced(frame: Uint8Array, from: string, to: string): Uint8Array {
  const hex = toHex(frame);
  expect(hex.split(from).length, `${from} stands once in ${hex}`).toBe(2);
  return new Uint8Array(Buffer.from(hex.replace(from, to), 'hex'));
}

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

describe('levels', () => {
  it.each([
    ['a plain message', ackMessage, 0],
    ['nothing', new Uint8Array(0), null],
    ['text', Buffer.from('GET / HTTP/1.1'), null],
    ['COSE_Sign with many signers', Buffer.from('d8628440', 'hex'), null],
  ])('%s is told from a seal by its first byte', (_, bytes, level) => {
    expect(peekLevel(bytes)).toBe(level);
  });

  it('no seal is taken only where that is said', () => {
    const plain = dataMessage(1);
    expect(outcome(plain)).toBe('authRequired, answered authRequired');
    expect(outcome(plain, { ...opening, minimum: 0 })).toBe('S0');
    expect(outcome(Buffer.from('a10101', 'hex'), { ...opening, minimum: 0 })).toBe('schema, answered schema');
    expect(outcome(Buffer.from('ff', 'hex'), { ...opening, minimum: 0 })).toBe('malformed, silent');
    const large = new Uint8Array(limits.maxMessageBytes + 1).fill(0xa0);
    expect(outcome(large, { ...opening, minimum: 0 })).toBe('tooLarge, answered tooLarge');
  });

  it('a seal below the minimum is refused, once it is known to be genuine', () => {
    const s1 = seal(1, dataMessage(1), sealing);
    expect(outcome(s1, { ...opening, minimum: 2 })).toBe('authRequired, answered authRequired');
    expect(outcome(seal(3, dataMessage(1), sealing), { ...opening, minimum: 2 })).toMatch(/^authRequired/);
    expect(outcome(seal(2, dataMessage(1), sealing), { ...opening, minimum: 3 })).toMatch(/^authRequired/);
    expect(outcome(seal(1, statusMessage, sealing), { ...opening, minimum: 2 })).toBe('S1');
    const forged = s1.slice();
    forged[forged.length - 1]! ^= 1;
    expect(outcome(forged, { ...opening, minimum: 2 })).toBe('notAuthorised, silent');
  });
});

describe('key generations', () => {
  const from = (generation: number, key: Uint8Array) => ({
    ...sealing,
    keys: keyRing(generation, [{ generation, secret: key }]),
  });

  it('this one and the one before are taken, so that keys rotate during a backlog', () => {
    expect(outcome(seal(1, dataMessage(1), from(6, otherSecret)))).toBe('S1');
    expect(outcome(seal(2, dataMessage(1), from(6, otherSecret)))).toBe('S2');
    expect(outcome(seal(1, dataMessage(1), from(7, secret)))).toBe('S1');
  });

  it('an older one is told to renew its key only when it proves to hold it', () => {
    expect(outcome(seal(1, dataMessage(1), from(5, otherSecret)))).toBe('keyExpired, answered keyExpired');
    expect(outcome(seal(1, dataMessage(1), from(5, secret)))).toBe('keyExpired, silent');
    expect(outcome(seal(1, dataMessage(1), from(4, otherSecret)))).toBe('keyExpired, silent');
  });

  it('one that is not there, or was revoked, is refused without an answer', () => {
    expect(outcome(seal(1, dataMessage(1), from(9, secret)))).toBe('notAuthorised, silent');
    const revoked = keyRing(7, [{ generation: 7, secret }], { revoked: true });
    expect(outcome(seal(1, dataMessage(1), sealing), { ...opening, keys: revoked })).toBe(
      'notAuthorised, silent',
    );
  });

  it('a signature is checked by the algorithm of the key, not by the one the frame asks for', () => {
    const frame = seal(3, dataMessage(1), sealing);
    expect(outcome(spliced(frame, 'd28443a10132', 'd28443a10128'))).toBe('notAuthorised, silent');
    expect(
      outcome(
        seal(3, dataMessage(1), {
          ...sealing,
          signer: { generation: 7, privateKey: ed25519, olderIds: true },
        }),
      ),
    ).toBe('S3');
    expect(
      outcome(
        seal(3, dataMessage(1), { ...up, signer: { generation: 8, privateKey: p256, olderIds: true } }),
      ),
    ).toBe('S3');
    expect(outcome(seal(1, dataMessage(1), from(8, secret)))).toBe('notAuthorised, silent');
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

describe('anything at all', () => {
  const context: OpenContext = { ...opening, minimum: 0 };

  it('gives a message or a code and never throws', () => {
    const heads = fc.constantFrom(
      'd0',
      'd1',
      'd2',
      'd08343a1010aa2044107064101',
      'd18443a10104a1044107',
      'd28443a10132a1044107',
      '',
    );
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 120 }), (head, tail) => {
        const bytes = Uint8Array.of(...Buffer.from(head, 'hex'), ...tail);
        const result = open(bytes, context);
        if (result.ok) expect(result.value.level).toBe(0);
        else expect(Object.values(Code)).toContain(result.error.code);
      }),
      { numRuns: 3000 },
    );
  });

  it('that is sealed comes back the same, whatever the message, boot, seq and generation', () => {
    const boots = fc.oneof(
      fc.integer({ min: 0, max: limits.maxU32 }),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
    );
    const seqs = fc.integer({ min: 0, max: limits.maxU32 });
    const generations = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());
    fc.assert(
      fc.property(boots, seqs, generations, fc.constantFrom(1, 2, 3), (boot, seq, generation, level) => {
        const keys = keyRing(generation, [{ generation, secret, publicKey: createPublicKey(ed25519) }]);
        const message = dataMessage(seq, boot);
        const frame = seal(level as SealLevelCode, message, {
          ...up,
          keys,
          signer: { generation, privateKey: ed25519 },
        });
        const result = open(frame, { ...up, keys });
        if (!result.ok) expect.fail(result.error.detail);
        expect(toHex(result.value.payload)).toBe(toHex(message));
        expect(result.value).toMatchObject({ level, keyGeneration: generation, seq, kind: 1 });
        expect(result.value.boot).toEqual(boot);
      }),
      { numRuns: 300 },
    );
  });

  it('of two messages under one key has two nonces', () => {
    const ids = fc.tuple(
      fc.integer({ min: 0, max: limits.maxU32 }),
      fc.integer({ min: 0, max: limits.maxU32 }),
    );
    const ivOf = ([boot, seq]: [number, number]) => {
      const frame = seal(2, dataMessage(seq, boot), sealing);
      return toHex(frame.slice(12, 12 + (frame[11]! & 31)));
    };
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        fc.pre(a[0] !== b[0] || a[1] !== b[1]);
        expect(ivOf(a)).not.toBe(ivOf(b));
      }),
      { numRuns: 500 },
    );
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
