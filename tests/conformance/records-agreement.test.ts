import { compileModel, materialise } from '@usewire/protocol/check';
import { encodeRecords, type ModelTable, type RecordsForm } from '@usewire/protocol/model';
import { codeName, encodeMessage } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDraw, type Draw, drawEntries, drawTable, twist } from './records-models.ts';
import { expectedRecords, rawRecords } from './records-reading.ts';
import { readReference } from './records-reference.ts';

const forms = ['plain', 'packed'] as const;

function message(draw: Draw, table: ModelTable, form: RecordsForm) {
  const uptimeMs = draw.int(0, draw.of([5000, 2 ** 31, 2 ** 45]));
  const entries = drawEntries(draw, table, uptimeMs);
  const bytes = encodeMessage({
    kind: 1,
    seq: draw.int(0, 70_000),
    boot: draw.bool() ? draw.int(0, 300) : draw.bytes(8),
    uptimeMs,
    modelHash: table.hash.subarray(0, 4),
    epoch: draw.int(0, 40),
    records: encodeRecords(table, uptimeMs, entries, form),
    ...(draw.bool() ? { clock: { unixMs: 1_800_000_000_000, quality: 3 } } : {}),
    ...(draw.bool() ? { subject: draw.int(0, 2), ageMs: draw.int(0, 90_000) } : {}),
    ...(draw.bool() ? { elective: [{ label: -1, item: Uint8Array.of(0x18, 0x64) }] } : {}),
  });
  return { entries, bytes };
}

/** One small damage: a byte changed, put in, taken out, or the end cut off. */
function damage(draw: Draw, bytes: Uint8Array): Uint8Array {
  const at = draw.int(0, bytes.length - 1);
  const byte = draw.of([draw.int(0, 255), 0, 0x18, 0x1b, 0x80, 0x9f, 0xa0, 0xd8, 0xf6, 0xff]);
  const kind = draw.int(0, 3);
  if (kind === 0) return Uint8Array.from(bytes, (old, i) => (i === at ? byte : old));
  if (kind === 1) return Uint8Array.from([...bytes.subarray(0, at), byte, ...bytes.subarray(at)]);
  return kind === 2
    ? bytes.slice(0, at)
    : Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
}

/** The same bytes in the middle of others, which a decoder that reads outside would see. */
function surrounded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 64).fill(0x01);
  all.set(bytes, 32);
  return all.subarray(32, 32 + bytes.length);
}

/** Holds the checker's answer against the reference's; gives whether both accepted. */
function compare(table: ModelTable, bytes: Uint8Array): boolean {
  const checker = compileModel(table);
  const verdict = checker.check(bytes);
  const reference = readReference(table, bytes);
  if (!verdict.ok) {
    expect(codeName(verdict.code)).not.toBe('unknown');
    expect(verdict.offset).toBeGreaterThanOrEqual(0);
    expect(verdict.offset).toBeLessThanOrEqual(bytes.length);
    expect(reference, verdict.detail).toBeNull();
  } else {
    expect(reference).not.toBeNull();
    expect(materialise(table, verdict)).toEqual(expectedRecords(table, reference!));
  }
  const summary = verdict.ok ? verdict.recordCount : verdict;
  const again = compileModel(table).check(surrounded(bytes));
  expect(again.ok ? again.recordCount : again).toEqual(summary);
  return verdict.ok;
}

describe.each(forms)('%s records of any model', (form) => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const draw = createDraw(seed);
        const table = drawTable(draw);
        const { entries, bytes } = message(draw, table, form);
        const verdict = compileModel(table).check(bytes);
        if (!verdict.ok) throw new Error(verdict.detail);
        const raw = rawRecords(entries);
        expect(materialise(table, verdict)).toEqual(expectedRecords(table, raw));
        const gaps = raw.filter((record) => record.point === 0);
        expect(verdict.recordCount).toBe(raw.length - gaps.length);
        expect(verdict.gapCount).toBe(gaps.reduce((sum, gap) => sum + (gap.values[0] as number), 0));
      }),
      { numRuns: 400 },
    );
  });

  it('are accepted by the checker exactly when the slow reference accepts them, whatever the damage', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const draw = createDraw(seed);
        const table = drawTable(draw);
        const { bytes } = message(draw, table, form);
        expect(compare(table, bytes)).toBe(true);
        for (let i = 0; i < 12; i++) if (compare(table, damage(draw, bytes))) accepted++;
      }),
      { numRuns: 300 },
    );
    // Both sides of the border were visited.
    expect(accepted).toBeGreaterThan(100);
  });

  it('of a sender that breaks the rules of the model are judged alike by the checker and the slow reference', () => {
    const verdicts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const draw = createDraw(seed);
        const table = drawTable(draw);
        const { bytes } = message(draw, twist(draw, table), form);
        verdicts[compare(table, bytes) ? 'accepted' : 'refused']++;
      }),
      { numRuns: 800 },
    );
    expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(30);
  });

  it('are refused with a code at every length but the whole', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const draw = createDraw(seed);
        const table = drawTable(draw);
        const { bytes } = message(draw, table, form);
        const checker = compileModel(table);
        for (let length = 0; length < bytes.length; length++) {
          expect(checker.check(bytes.subarray(0, length)).ok).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('noise', () => {
  it('is refused with a code and never thrown at', () => {
    const table = drawTable(createDraw(7));
    const checker = compileModel(table);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(checker.check(bytes).ok).toBe(readReference(table, bytes) !== null);
      }),
      { numRuns: 3000 },
    );
  });
});
