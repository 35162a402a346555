import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missing, root, testsNamedIn } from './documents.ts';

const text = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| (spoofing|tampering|repudiation|disclosure|denial|elevation) \|/.test(line));

describe('docs/threat-model.md', () => {
  it.each(testsNamedIn(text))('$file "$title" exists', (named) => {
    expect(missing(named)).toBeUndefined();
  });

  it('names a test for every threat', () => {
    expect(rows.length).toBeGreaterThan(45);
    expect(rows.filter((row) => testsNamedIn(row).length === 0)).toEqual([]);
  });

  it('would find a test that is not there', () => {
    expect(missing({ file: 'tests/docs/nothing.test.ts', title: 'x' })).toMatch(/does not exist/);
    expect(missing({ file: 'tests/docs/threat-model.test.ts', title: 'names no such test' })).toMatch(
      /has no test/,
    );
  });
});
