import { describe, expect, it } from 'vitest';
import { literal, quoted, snake, unique } from './names.ts';

describe('names of columns', () => {
  it('makes plain names of any text', () => {
    expect(snake('heartRate')).toBe('heart_rate');
    expect(snake('left side (2)')).toBe('left_side_2');
    expect(snake('3d')).toBe('p_3d');
    expect(snake('"; DROP TABLE x')).toBe('drop_table_x');
  });

  it('quotes what a model, and so a device, may have named', () => {
    expect(quoted('a"b')).toBe('"a""b"');
    expect(literal("O'Brien")).toBe("'O''Brien'");
  });

  it('numbers a name that is taken', () => {
    const taken = new Set(['a']);
    expect([unique('a', taken), unique('a', taken), unique('b', taken)]).toEqual(['a_2', 'a_3', 'b']);
  });
});
