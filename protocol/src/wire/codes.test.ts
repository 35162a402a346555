import { describe, expect, it } from 'vitest';
import { Code, codeClass, codeName } from './codes.ts';

const classes: Record<string, string[]> = {
  drop: [
    'malformed',
    'notDeterministic',
    'schema',
    'criticalLabel',
    'outOfRange',
    'replayed',
    'consentMissing',
    'subjectErased',
  ],
  resync: ['version', 'unknownModel', 'consentStale', 'clockImplausible', 'keyExpired'],
  split: ['tooLarge'],
  retry: ['rateLimited', 'overloaded'],
  stop: ['authRequired', 'notAuthorised'],
};

describe('codes', () => {
  it('each code has the class of the specification', () => {
    for (const [name, code] of Object.entries(Code)) expect(classes[codeClass(code)], name).toContain(name);
    expect(Object.values(classes).flat().length).toBe(Object.keys(Code).length);
  });

  it('are told by name', () => {
    for (const [name, code] of Object.entries(Code)) expect(codeName(code)).toBe(name);
    expect(codeName(0)).toBe('unknown');
  });

  it('that nobody knows are dropped, so that no device repeats them for ever', () => {
    expect([0, 19, -1, 255, Number.NaN].map(codeClass)).toEqual(['drop', 'drop', 'drop', 'drop', 'drop']);
  });
});
