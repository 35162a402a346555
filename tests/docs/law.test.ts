import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missing, root, testsNamedIn } from './documents.ts';

const text = readFileSync(join(root, 'docs/law.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?!law \||---)/.test(line));
/** A page with a test for each of its own rows may stand for them. */
const provenPages = ['threat-model.md', 'chaos.md', 'disk.md', 'power-cuts.md'];

describe('docs/law.md', () => {
  it.each(testsNamedIn(text))('$file "$title" exists', (named) => {
    expect(missing(named)).toBeUndefined();
  });

  it('names a test, or a page of tests, in every row', () => {
    expect(rows.length).toBeGreaterThan(20);
    const bare = rows.filter(
      (row) => testsNamedIn(row).length === 0 && !provenPages.some((page) => row.includes(`(${page})`)),
    );
    expect(bare).toEqual([]);
  });
});
