import { describe, expect, it } from 'vitest';
import { bed } from '../../model/bed.fixture.ts';
import { counter, encodeRecords, modelTable, product } from '../../model/index.ts';
import { toDataSheet, toDataSheetPage } from './data-sheet.ts';
import { bytesPerDay, bytesPerRecord, recordsPerDay } from './data-volume.ts';

const table = modelTable(bed);
const row = (name: string) => table.points.find((point) => point.name === name)!;

describe('toDataSheet', () => {
  it('equals the golden file', async () => {
    await expect(toDataSheet(bed)).toMatchFileSnapshot('../golden/bed.data-sheet.md.golden');
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

describe('what a sheet says of people who get it', () => {
  const recipients = [
    { name: 'usage', by: 'sqlite', purposes: null },
    { name: 'sleep lab', by: 'http', purposes: ['health', 'improve'] },
  ];

  it('is a table of recipients and their purposes', () => {
    const sheet = toDataSheet(bed, { recipients });
    expect(sheet).toContain('## Who gets it');
    expect(sheet).toContain('| usage | sqlite | every purpose |');
    expect(sheet).toContain('| sleep lab | http | `health`, `improve` |');
  });

  it('is one sentence where nobody does, and nothing where that is not known', () => {
    expect(toDataSheet(bed, { recipients: [] })).toContain('Nobody: records stay with the gateway.');
    expect(toDataSheet(bed)).not.toContain('Who gets it');
  });

  it('names whom to ask', () => {
    expect(toDataSheet(bed, { contact: 'privacy@acme.example' })).toContain('Ask privacy@acme.example for:');
  });
});

describe('toDataSheetPage', () => {
  const textOf = (html: string) =>
    html
      .replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, '\n')
      .replaceAll('&gt;', '>')
      .split(/\s+/)
      .join(' ');

  it('says in HTML what the sheet says in Markdown', () => {
    const page = textOf(toDataSheetPage(bed));
    const cells = toDataSheet(bed)
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.includes('---'))
      .flatMap((line) => line.slice(2, -2).split(' | '))
      .flatMap((cell) => cell.split('<br>'))
      .map((cell) => cell.replaceAll('`', ''));
    expect(cells.length).toBeGreaterThan(80);
    for (const cell of cells) expect(page).toContain(cell);
  });

  it('keeps words of a model from becoming markup, in text and in names', () => {
    const hostile = product('a', 1, {
      title: '<script>alert(1)</script>',
      description: '"quoted" & \'single\' <img src=x onerror=alert(1)>',
      purposes: { a: { basis: 'contract', code: 'research' } },
      points: { '<b>': counter({ id: 1, for: 'a' }) },
    });
    expect(toDataSheetPage(hostile)).not.toMatch(/<script|<img|<b>/);
  });

  it('fetches nothing', () => {
    const page = toDataSheetPage(bed);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import/);
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
