import { readFileSync } from 'node:fs';
import { Code, codeName, decodeMessage, Reader, toHex } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../protocol/tools/cddl/index.ts';
import { bytesOf } from '../../protocol/tools/vectors/vector.ts';
import { loadVectors } from './load-vectors.ts';

const cddl = compileCddl(readFileSync(new URL('../../protocol/spec/usewire.cddl', import.meta.url), 'utf8'));

/** Records are held to their structure by the checker of a model, so data and export are not compared here. */
const seeds = loadVectors()
  .map((vector) => bytesOf(vector.hex))
  .filter((bytes) => bytes.length > 2 && bytes.length < 300 && bytes[2] !== 1 && bytes[2] !== 17);

function isStrict(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  reader.skip(0);
  reader.finish();
  return reader.code === 0;
}

/** What SPEC.md asks beyond the structure: ranges that rise and stand apart; integers instead of whole floats. */
function beyondCddl(bytes: Uint8Array): boolean {
  const decoded = decodeMessage(bytes);
  if (decoded.ok) return false;
  const { code, detail } = decoded.error;
  if (code === Code.notDeterministic) return detail === 'float where an integer does';
  return code === Code.schema && /^range/.test(detail);
}

/** Small edits keep most of the message standing: one byte changed, a pair of map and count grown or cut. */
const edit = fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 2 }), fc.uint8Array({ maxLength: 2 }));

function edited(bytes: Uint8Array, [at, cut, insert]: [number, number, Uint8Array]): Uint8Array {
  const from = at % bytes.length;
  return Uint8Array.from([...bytes.subarray(0, from), ...insert, ...bytes.subarray(from + cut)]);
}

function replaced(bytes: Uint8Array, [at, , insert]: [number, number, Uint8Array]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let i = 0; i < insert.length; i++) copy[(at + i) % copy.length] = insert[i] ?? 0;
  return copy;
}

describe('decoder and CDDL', () => {
  it('accept the same messages, whatever was changed in one', () => {
    const seen = { accepted: 0, refused: 0, beyond: 0 };
    const change = fc.tuple(fc.constantFrom(...seeds), edit, fc.boolean());
    fc.assert(
      fc.property(change, ([seed, how, inPlace]) => {
        const bytes = inPlace ? replaced(seed, how) : edited(seed, how);
        if (bytes[2] === 1 || bytes[2] === 17) return;
        const decoded = decodeMessage(bytes);
        const expected = isStrict(bytes) && cddl('message', bytes);
        if (expected && beyondCddl(bytes)) {
          seen.beyond++;
          return;
        }
        seen[decoded.ok ? 'accepted' : 'refused']++;
        const why = decoded.ok ? 'accepted' : `${codeName(decoded.error.code)}: ${decoded.error.detail}`;
        expect(decoded.ok, `${toHex(bytes)} ${why}`).toBe(expected);
      }),
      { numRuns: 30000 },
    );
    expect(seen.accepted).toBeGreaterThan(1000);
    expect(seen.refused).toBeGreaterThan(1000);
  });
});
