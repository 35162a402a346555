/** UCUM codes that a model may write without more ado. Compound units of the same atoms go through `ucum()`. */
export const commonUnits = [
  ['1', '%', '[ppth]', '[ppm]', '[pH]', 'dB'],
  ['ms', 's', 'min', 'h', 'd', 'wk', 'mo', 'a', 'Hz', 'kHz', 'MHz', '/s', '/min', '/h', '/d'],
  ['mm', 'cm', 'm', 'km', '[in_i]', '[ft_i]', '[mi_i]', 'm2', 'cm2', 'm3', 'mL', 'L', '[gal_us]'],
  [
    'm/s',
    'km/h',
    '[mi_i]/h',
    'm/s2',
    'mm/s',
    'deg/s',
    'rad/s',
    '[g]',
    'm[g]',
    'deg',
    'rad',
    's/m',
    's/km',
    'min/km',
  ],
  [
    'mg',
    'g',
    'kg',
    't',
    '[lb_av]',
    '[oz_av]',
    'N',
    'kN',
    'N.m',
    'Pa',
    'hPa',
    'kPa',
    'bar',
    'mbar',
    '[psi]',
    'mm[Hg]',
  ],
  ['Cel', '[degF]', 'K', 'lx', 'lm', 'cd', 'W/m2', 'g/m3', 'mg/dL', 'mmol/L', 'ug/m3'],
  ['V', 'mV', 'A', 'mA', 'uA', 'Ohm', 'kOhm', 'W', 'mW', 'kW', 'V.A', 'var', 'J', 'kJ', 'MJ', 'cal', 'kcal'],
  ['W.h', 'kW.h', 'mA.h', 'A.h', 'kW.h/km', 'L/km', 'L/h', 'L/min', 'mL/s', 'L/s', 'kg/h', 'm3/h', 'kg/m2'],
  ['bit', 'By', 'kBy', 'MBy', 'KiBy', 'MiBy', 'bit/s', 'kbit/s', 'By/s'],
] as const;

type CommonUnit = (typeof commonUnits)[number][number];

/** Counted things carry an annotation, as UCUM asks: `{step}`, `{beat}/min`, `m/{stroke}`. */
export type Unit = CommonUnit | `${string}{${string}}` | `${string}{${string}}/${string}` | UcumUnit;

declare const checked: unique symbol;
/** A unit that was checked by `ucum()`. */
export type UcumUnit = string & { readonly [checked]: true };

const atoms =
  ' 1 % s min h d wk mo a m g t K Cel deg rad sr Hz N Pa J W A V F Ohm S Wb T H lx lm cd mol L l bar B Np bit By Bd var cal eV u ' +
  '[in_i] [ft_i] [yd_i] [mi_i] [nmi_i] [kn_i] [gal_us] [pt_us] [foz_us] [cup_us] [lb_av] [oz_av] [degF] [psi] [HP] [Btu] [g] ' +
  '[ppth] [ppm] [ppb] [pH] [iU] [Hg] [H2O] [RPM] Bq Gy Sv kat ';
const prefixes = ' n u m c d h k M G T Ki Mi Gi ';

function contains(list: string, word: string): boolean {
  return word.length > 0 && list.indexOf(' ' + word + ' ') >= 0;
}

function isAtom(text: string): boolean {
  if (contains(atoms, text)) {
    return true;
  }
  // 'mm[Hg]' and 'cm[H2O]' are UCUM atoms written with a prefix and a bracket.
  if (text.slice(-4) === '[Hg]' || text.slice(-5) === '[H2O]') {
    return contains(' m cm mm ', text.slice(0, text.indexOf('[')));
  }
  for (let length = 1; length <= 2; length++) {
    if (contains(prefixes, text.slice(0, length)) && contains(atoms, text.slice(length))) {
      return true;
    }
  }
  return false;
}

function withoutExponent(text: string): string {
  let end = text.length;
  while (end > 1 && text.charAt(end - 1) >= '0' && text.charAt(end - 1) <= '9') {
    end--;
  }
  if (end > 1 && (text.charAt(end - 1) === '-' || text.charAt(end - 1) === '+')) {
    end--;
  }
  return text.slice(0, end);
}

function isTerm(text: string): boolean {
  const brace = text.indexOf('{');
  if (brace < 0) {
    return isAtom(text) || isAtom(withoutExponent(text));
  }
  const annotated = text.charAt(text.length - 1) === '}' && text.length - brace > 2;
  return annotated && (brace === 0 || isAtom(text.slice(0, brace)));
}

/** True for a unit made of the UCUM atoms and prefixes known here, with annotations, `.`, `/` and exponents; no parentheses. */
export function isUnit(text: string): boolean {
  if (text.length === 0 || text.length > 32) {
    return false;
  }
  let from = text.charAt(0) === '/' ? 1 : 0;
  let inBraces = false;
  for (let at = from; at <= text.length; at++) {
    const character = text.charAt(at);
    if (character === '{' || character === '}') {
      inBraces = character === '{';
    } else if (character === '' || (!inBraces && (character === '.' || character === '/'))) {
      if (!isTerm(text.slice(from, at))) {
        return false;
      }
      from = at + 1;
    }
  }
  return !inBraces;
}

/** A compound UCUM unit that is not in the list of common ones. Throws when it is not one: a wrong unit is a bug in the model. */
export function ucum(text: string): UcumUnit {
  if (!isUnit(text)) {
    throw new Error("'" + text + "' is not a UCUM unit known here; counted things are written as '{step}'");
  }
  return text as UcumUnit;
}
