import { describe, expect, it } from 'vitest';
import { commonUnits, isUnit, ucum } from './units.ts';

describe('isUnit', () => {
  for (const unit of commonUnits.flat()) {
    it(`knows the common unit ${unit}`, () => expect(isUnit(unit)).toBe(true));
  }
  for (const unit of [
    '{step}',
    '{beat}/min',
    '/min',
    'm/s2',
    'kW.h/km',
    'cm3',
    'm-1',
    'mm[Hg]',
    'L{fuel}',
    '{a/b}',
  ]) {
    it(`takes ${unit}`, () => expect(isUnit(unit)).toBe(true));
  }
  for (const unit of [
    '',
    'Celsius',
    'degC',
    '°C',
    'bpm',
    'm/',
    '/',
    'm//s',
    '{}',
    '{step',
    'step}',
    'kg m',
    'x'.repeat(33),
    'm{a}b',
  ]) {
    it(`refuses '${unit}'`, () => expect(isUnit(unit)).toBe(false));
  }
});

describe('ucum', () => {
  it('gives a compound unit back', () => expect(ucum('mmol/L.h')).toBe('mmol/L.h'));
  it('throws for what is no unit', () =>
    expect(() => ucum('furlong')).toThrow(/'furlong' is not a UCUM unit/));
});
