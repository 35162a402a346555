import { createPublicKey } from 'node:crypto';
import { keyRing, type OpenContext, open, type SealLevelCode, seal } from '@usewire/protocol/seal';
import { Code, limits, toHex } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataMessage, ed25519, opening, sealing, secret, up } from './seal-fixture.ts';

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
