import { compileModel, materialise } from '@usewire/protocol/check';
import { BitReader, codeName, decodeMessage, encodeMessage, riceState, toHex } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lampTable } from '../../protocol/tools/vectors/lamp.ts';
import { bytesOf } from '../../protocol/tools/vectors/vector.ts';
import { loadVectors } from './load-vectors.ts';

const seeds = loadVectors()
  .filter((vector) => vector.hex.length > 0 && vector.hex.length < 4000)
  .map((vector) => bytesOf(vector.hex));

/** A value that encodes to the very bytes, or a known code inside the bytes. */
function holds(bytes: Uint8Array): void {
  const decoded = decodeMessage(bytes);
  if (decoded.ok) {
    expect(toHex(encodeMessage(decoded.value))).toBe(toHex(bytes));
    return;
  }
  const { code, offset, detail } = decoded.error;
  expect(codeName(code)).not.toBe('unknown');
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(offset).toBeLessThanOrEqual(bytes.length);
  expect(detail.length).toBeGreaterThan(3);
}

type Mutation = { at: number; cut: number; insert: Uint8Array };

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(2000),
  cut: fc.nat(3),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc.constantFrom(Uint8Array.of(0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), Uint8Array.of(0xff)),
  ),
});

function mutate(bytes: Uint8Array, { at, cut, insert }: Mutation): Uint8Array {
  const from = at % (bytes.length + 1);
  return Uint8Array.from([...bytes.subarray(0, from), ...insert, ...bytes.subarray(from + cut)]);
}

describe('decodeMessage', () => {
  it('noise gives a value or a code', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), holds), { numRuns: 5000 });
  });

  it('mutated vectors give a value or a code', () => {
    const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(mutated, ([bytes, mutations]) => holds(mutations.reduce(mutate, bytes))),
      { numRuns: 20000 },
    );
  });

  it('every cut of an accepted vector is refused as malformed', () => {
    for (const bytes of seeds.filter((seed) => decodeMessage(seed).ok)) {
      for (let length = 0; length < bytes.length; length++) {
        const cut = decodeMessage(bytes.subarray(0, length));
        expect(cut.ok ? 'accepted' : codeName(cut.error.code), `${toHex(bytes)} cut at ${length}`).toBe(
          'malformed',
        );
      }
    }
  });

  it('a message inside a larger buffer does not see what is around it', () => {
    for (const bytes of seeds) {
      const wide = new Uint8Array(bytes.length + 20).fill(0xf6);
      wide.set(bytes, 10);
      expect(decodeMessage(wide.subarray(10, 10 + bytes.length))).toEqual(decodeMessage(bytes));
    }
  });
});

describe('the checker of a model', () => {
  const checker = compileModel(lampTable);
  const records = loadVectors()
    .filter((vector) => vector.model !== undefined)
    .map((vector) => bytesOf(vector.hex));

  it('mutated records give a verdict, and none that the message codec refuses is accepted', () => {
    let accepted = 0;
    const mutated = fc.tuple(fc.constantFrom(...records), fc.array(mutation, { minLength: 1, maxLength: 2 }));
    fc.assert(
      fc.property(mutated, ([bytes, mutations]) => {
        const damaged = mutations.reduce(mutate, bytes);
        const verdict = checker.check(damaged);
        if (verdict.ok) {
          accepted++;
          expect(decodeMessage(damaged).ok).toBe(true);
          expect(materialise(lampTable, verdict).length).toBe(verdict.columns.count);
        } else expect(codeName(verdict.code)).not.toBe('unknown');
      }),
      { numRuns: 20000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

describe('BitReader', () => {
  it('reads noise without an exception and stays inside', () => {
    const step = fc.tuple(fc.constantFrom('bits', 'eg', 'rice', 'octets'), fc.integer({ min: 0, max: 53 }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(step, { maxLength: 40 }), (bytes, steps) => {
        const reader = new BitReader();
        const state = riceState(4);
        reader.reset(bytes, 0, bytes.length);
        for (const [what, n] of steps) {
          const value =
            what === 'bits'
              ? reader.bits(n)
              : what === 'eg'
                ? reader.eg(n % 21)
                : what === 'rice'
                  ? reader.rice(state)
                  : reader.octets(n).length;
          expect(Number.isSafeInteger(value)).toBe(true);
        }
        expect(reader.bitsLeft()).toBeGreaterThanOrEqual(0);
        reader.finish();
      }),
      { numRuns: 3000 },
    );
  });
});
