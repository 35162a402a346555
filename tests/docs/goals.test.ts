import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, missing, root, testsNamedIn } from './documents.ts';

const ids = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'O2', 'S1', 'S2', 'Q1', 'Q2', 'P5', 'C2'];
const table = readFileSync(join(root, 'docs/goals.md'), 'utf8');
const rows = [...table.matchAll(/^\| ([A-Z]\d) \| .*$/gm)].map(([row, id = '']) => ({
  id,
  named: testsNamedIn(row),
}));

describe('docs/goals.md', () => {
  it.each(rows)('$id is held by what has it in its name', ({ id, named }) => {
    expect(named.length).toBeGreaterThan(0);
    for (const one of named) {
      expect(missing(one)).toBeUndefined();
      expect(one.title).toMatch(new RegExp(`\\b${id}\\b`));
    }
  });

  it('has every id once, and none that nobody knows', () => {
    const told = rows.map(({ id }) => id);
    expect(new Set(told).size).toBe(told.length);
    expect(told.filter((id) => !ids.includes(id))).toEqual([]);
  });

  // S1 to S3 are levels of seals too; as goals they are told in brackets, like the others.
  it.each(documents())('%s claims no goal that is not in it', (_path, text) => {
    const claimed = [...text.matchAll(/\(((?:[DSQP]\d(?:, )?)+)\)/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    expect(claimed.filter((id) => ids.includes(id) && !rows.some((row) => row.id === id))).toEqual([]);
  });
});
