import { describe, expect, it } from 'vitest';
import { fitted } from './identifier.ts';

describe('names of tables and columns in PostgreSQL', () => {
  it('stay as they are while there is room behind them for what is added', () => {
    expect(fitted('smart_bed_temperature')).toBe('smart_bed_temperature');
    expect(fitted('x'.repeat(54))).toBe('x'.repeat(54));
  });

  it('that PostgreSQL would cut off end with a hash, so that two of them do not become one', () => {
    const [one, other] = ['a', 'b'].map((end) => fitted(`${'long_name_'.repeat(7)}${end}`));
    expect(one).toMatch(/^long_name_.*_[0-9a-f]{8}$/);
    expect(one).not.toBe(other);
    for (const name of [one!, other!]) expect(`${name}_double`.length).toBeLessThanOrEqual(63);
  });
});
