import { describe, expect, it } from 'vitest';
import { bed } from '../model/bed.fixture.ts';
import { counter, encodeRecords, modelTable, product } from '../model/index.ts';
import { toDataSheet } from './data-sheet.ts';
import { bytesPerDay, bytesPerRecord, recordsPerDay } from './data-volume.ts';

const table = modelTable(bed);
const row = (name: string) => table.points.find((point) => point.name === name)!;

describe('toDataSheet', () => {
  it('equals the golden file', async () => {
    await expect(toDataSheet(bed)).toMatchFileSnapshot('golden/bed.data-sheet.md.golden');
  });

  it('tells every point with its purpose, sensitivity and time kept', () => {
    const sheet = toDataSheet(bed);
    for (const [name, point] of Object.entries(bed.points)) {
      const line = sheet.split('\n').find((text) => text.startsWith(`| \`${name}\``));
      expect(line).toContain(`\`${point.for}\``);
      expect(line).toContain(`| ${point.sensitivity} |`);
      expect(line).toContain(`${point.retentionDays} days |`);
    }
  });

  it('takes expected numbers of records instead of its own', () => {
    const sheet = toDataSheet(bed, { recordsPerDay: { lift_cycles: 1000 } });
    expect(sheet).toContain('about 1000 a day |');
    expect(toDataSheet(bed)).toContain('about 24 a day (assumed)');
  });

  it('keeps words of a model from becoming markup', () => {
    const hostile = product('a', 1, {
      title: '<script>alert(1)</script> | `x`',
      purposes: { a: { basis: 'contract', code: 'research', title: '[click](http://evil)' } },
      points: { p: counter({ id: 1, for: 'a', title: 'a|b\n# c' }) },
    });
    const sheet = toDataSheet(hostile);
    expect(sheet).not.toMatch(/<script|\[click\]|a\|b|^# c/m);
    for (const line of sheet.split('\n').filter((text) => text.startsWith('| `p`'))) {
      expect(line.split(' | ').length).toBe(8);
    }
  });

  it('says that nothing rests on consent where nothing does', () => {
    const plain = product('a', 1, {
      purposes: { a: { basis: 'contract', code: 'research' } },
      points: { p: counter({ id: 1, for: 'a' }) },
    });
    expect(toDataSheet(plain)).toContain('None of it rests on consent.');
  });
});

describe('the estimate of bytes', () => {
  it('is within a byte a record of what the encoder writes', () => {
    const entries = Array.from({ length: 100 }, (_, index) => ({
      form: 'record' as const,
      point: table.points.indexOf(row('temperature')),
      atMs: (index + 1) * 900,
      values: [300 + index],
    }));
    // Rows one by one: columns of many records take fewer.
    const sizes = entries.map((entry) => encodeRecords(table, entry.atMs - 900, [entry], 'plain').length - 1);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(Math.abs(bytesPerRecord(row('temperature')) - mean)).toBeLessThanOrEqual(1);
  });

  it('takes a series to run all day', () => {
    const rate = recordsPerDay(bed.points.heart_rate, undefined);
    expect(rate).toEqual({ count: 86_400, assumed: true });
    expect(bytesPerDay(row('heart_rate'), rate.count)).toBe(32_400);
  });
});
