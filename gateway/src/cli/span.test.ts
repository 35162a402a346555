import { describe, expect, it } from 'vitest';
import { readSpan } from './span.ts';

describe('a span of time on the command line', () => {
  it.each([
    ['0', 0],
    ['90s', 90_000],
    ['15m', 900_000],
    ['15min', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('%s is %i ms', (text, ms) => {
    expect(readSpan(text, '--ttl')).toBe(ms);
  });

  it.each(['', '5', '-1h', '1.5h', '1 h', 'h', '1w', '99999d', 'Infinity', '0x1h'])(
    '"%s" is none',
    (text) => {
      expect(() => readSpan(text, '--ttl')).toThrow(`--ttl is "${text}"; expected a span of time`);
    },
  );
});
