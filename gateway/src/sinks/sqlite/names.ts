/** Units as words in column names. What is not listed is spelt from its UCUM code. */
const UNIT_WORDS: Record<string, string> = {
  '1': '',
  '%': 'percent',
  '[ppth]': 'permille',
  '[ppm]': 'ppm',
  '[pH]': 'ph',
  '/min': 'per_min',
  '/s': 'per_s',
  '/h': 'per_h',
  '/d': 'per_day',
  d: 'days',
  a: 'years',
  mo: 'months',
  wk: 'weeks',
  Cel: 'celsius',
  '[degF]': 'fahrenheit',
  K: 'kelvin',
  '[in_i]': 'inches',
  '[ft_i]': 'feet',
  '[mi_i]': 'miles',
  '[mi_i]/h': 'miles_per_h',
  '[lb_av]': 'lb',
  '[oz_av]': 'oz',
  '[gal_us]': 'us_gallons',
  '[psi]': 'psi',
  'mm[Hg]': 'mmhg',
  '[g]': 'g_force',
  'm[g]': 'milli_g',
  'kW.h': 'kwh',
  'W.h': 'wh',
  'kW.h/km': 'kwh_per_km',
  'mA.h': 'mah',
  'A.h': 'ah',
  By: 'bytes',
  deg: 'degrees',
};

/** `Cel` -> `celsius`, `{beat}/min` -> `beat_per_min`, none or `1` -> ''. */
export function unitWord(unit: string | undefined): string {
  if (unit === undefined) return '';
  const known = UNIT_WORDS[unit];
  if (known !== undefined) return known;
  return unit
    .replace(/\//g, '_per_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
    .replace(/^_+|_+$/g, '');
}

/** `heartRate` -> `heart_rate`; only letters, digits and `_`, never a digit first. */
export function snake(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(words) ? words : `p_${words}`;
}

/** `speed` in `km/h` -> `speed_km_per_h`; a name that ends with its unit already stays as it is. */
export function withUnit(name: string, unit: string | undefined): string {
  const word = unitWord(unit);
  return word === '' || name.endsWith(`_${word}`) ? name : `${name}_${word}`;
}

/** The name, with a number behind it when it is taken; remembers it. */
export function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
  taken.add(free);
  return free;
}

/** Quotes an identifier; names come from models, and models come from devices. */
export function quoted(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** Quotes a text value. */
export function literal(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
