import { describe, expect, it } from 'vitest';
import { snake, unique, unitWord, withUnit } from './names.ts';

describe('names of columns', () => {
  it.each([
    ['Cel', 'celsius'],
    ['/min', 'per_min'],
    ['{beat}/min', 'beat_per_min'],
    ['km/h', 'km_per_h'],
    ['kW.h', 'kwh'],
    ['%', 'percent'],
    ['{step}', 'step'],
    ['m/s2', 'm_per_s2'],
    ['mm[Hg]', 'mmhg'],
    ['1', ''],
  ])('spells the unit %s as %s', (unit, word) => {
    expect(unitWord(unit)).toBe(word);
  });

  it('puts the unit behind the name once', () => {
    expect(withUnit('speed', 'km/h')).toBe('speed_km_per_h');
    expect(withUnit('speed_km_per_h', 'km/h')).toBe('speed_km_per_h');
    expect(withUnit('count', undefined)).toBe('count');
  });

  it('makes plain names of any text', () => {
    expect(snake('heartRate')).toBe('heart_rate');
    expect(snake('left side (2)')).toBe('left_side_2');
    expect(snake('3d')).toBe('p_3d');
    expect(snake('"; DROP TABLE x')).toBe('drop_table_x');
  });

  it('numbers a name that is taken', () => {
    const taken = new Set(['a']);
    expect([unique('a', taken), unique('a', taken), unique('b', taken)]).toEqual(['a_2', 'a_3', 'b']);
  });
});
