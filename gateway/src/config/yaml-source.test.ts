import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';
import { readYaml } from './yaml-source.ts';

const messages = (text: string): string[] => readYaml(text).errors.map(({ message }) => message);

describe('readYaml', () => {
  it('refuses keys that are maps or lists, before they are written as text', () => {
    expect(messages('? {a: 1}\n: 2\n')).toEqual(['a key is a name, not a map or a list']);
    expect(messages('x:\n  ? [1]\n  : 2\n')).toEqual(['a key is a name, not a map or a list']);
  });

  it('refuses keys within keys, whose text doubles with every level', () => {
    expect(messages(`${'? '.repeat(100)}a\n`)).toHaveLength(1);
    expect(messages(`${'{'.repeat(500)}${'}'.repeat(500)}\n`)).toHaveLength(1);
  });

  it('refuses what is nested too deeply, however deep', () => {
    for (const depth of [25, 1_000, 100_000]) {
      const result = loadConfig({ text: `sinks: ${'['.repeat(depth)}${']'.repeat(depth)}\n` });
      expect(result.ok ? [] : result.problems.length).toBe(1);
    }
  });

  it('still reads a nesting that a configuration may have', () => {
    expect(readYaml('a: [{b: {c: [1]}}]\n')).toMatchObject({ errors: [], value: { a: [{ b: { c: [1] } }] } });
  });
});

describe('loadConfig', () => {
  it('tells a problem in one line, also where it quotes several', () => {
    const result = loadConfig({ text: 'log:\n  level: "${env:a\\nb}"\n"x\\ny": 1\n' });
    expect(result.ok).toBe(false);
    for (const problem of result.ok ? [] : result.problems) expect(problem).not.toMatch(/[\n\r]/);
    expect(result.ok ? 0 : result.problems.length).toBe(2);
  });
});
