import {
  BitReader,
  BitWriter,
  riceState,
  unzigzag,
  Writer,
  zigzag,
  zigzagMax,
  zigzagMin,
} from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oracleDecode } from './oracle.ts';

const maxInt = 9007199254740991;
/** As many small as large numbers, up to the bound. */
const sized = (max: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 100000 }),
    fc.maxSafeNat().map((n) => n % (max + 1)),
    fc.constant(max),
  );

type Step = { what: 'bits' | 'eg' | 'rice'; value: number; n: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .integer({ min: 0, max: 53 })
    .chain((n) =>
      sized(2 ** n - 1).map((value): Step => ({ what: 'bits', value: Math.min(value, 2 ** n - 1), n })),
    ),
  fc.record({
    what: fc.constant('eg' as const),
    value: sized(maxInt - 1),
    n: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({ what: fc.constant('rice' as const), value: sized(maxInt), n: fc.constant(0) }),
);

function write(steps: Step[]): Uint8Array {
  const writer = new BitWriter(100000);
  const state = riceState(4);
  for (const { what, value, n } of steps) {
    if (what === 'bits') writer.bits(value, n);
    else if (what === 'eg') writer.eg(value, n);
    else writer.rice(value, state);
  }
  return writer.finish();
}

function read(bytes: Uint8Array, steps: Step[]): number[] {
  const reader = new BitReader();
  const state = riceState(4);
  reader.reset(bytes, 0, bytes.length);
  const values = steps.map(({ what, n }) =>
    what === 'bits' ? reader.bits(n) : what === 'eg' ? reader.eg(n) : reader.rice(state),
  );
  reader.finish();
  expect(reader.code, reader.detail).toBe(0);
  return values;
}

describe('bit streams', () => {
  it('give back what was written, whatever the mixture', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        expect(read(write(steps), steps)).toEqual(steps.map(({ value }) => value));
      }),
      { numRuns: 1000 },
    );
  });

  it('a reused writer writes the same bytes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 50 }), (steps) => {
        const writer = new BitWriter(100000);
        writer.bits(maxInt, 53);
        writer.reset();
        const state = riceState(4);
        for (const { what, value, n } of steps) {
          if (what === 'bits') writer.bits(value, n);
          else if (what === 'eg') writer.eg(value, n);
          else writer.rice(value, state);
        }
        expect(writer.finish()).toEqual(write(steps));
      }),
    );
  });

  it('zigzag gives back every integer it can carry', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger().filter((n) => n >= zigzagMin && n <= zigzagMax),
        (value) => {
          expect(unzigzag(zigzag(value))).toBe(value);
          expect(zigzag(value)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('a run of equal small values costs about its entropy', () => {
    const steps = Array.from({ length: 1000 }, (): Step => ({ what: 'rice', value: 1, n: 0 }));
    expect(write(steps).length * 8).toBeLessThan(2.1 * 1000);
  });
});

describe('floats', () => {
  it('every float16 is written in three bytes and read by cbor-x', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const exponent = bits >> 10;
      const value = exponent === 0 ? (bits & 1023) * 2 ** -24 : (1024 + (bits & 1023)) * 2 ** (exponent - 25);
      const writer = new Writer(9);
      writer.float(value);
      const bytes = writer.finish();
      if (bytes.length !== 3 || bytes[1] !== bits >> 8 || bytes[2] !== (bits & 255))
        expect.fail(`${value} is ${bytes}`);
      if (oracleDecode(bytes) !== value) expect.fail(`cbor-x reads ${oracleDecode(bytes)} for ${value}`);
    }
  });

  it('every float is written in the shortest form that keeps it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double(),
          fc.float(),
          fc.double().map((n) => Math.fround(n)),
        ),
        (value) => {
          const writer = new Writer(9);
          writer.float(value);
          const bytes = writer.finish();
          expect(oracleDecode(bytes)).toBe(value);
          expect(bytes.length === 9).toBe(Math.fround(value) !== value && !Number.isNaN(value));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
