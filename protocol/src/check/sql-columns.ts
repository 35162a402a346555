import type { Attribute, Model, Point } from '../model/index.ts';

/** A column for a part of a point's records. */
export interface SqlColumn {
  name: string;
  /** SQLite storage class; booleans are 0 and 1. */
  type: 'INTEGER' | 'REAL' | 'TEXT';
  role: 'value' | 'attribute' | 'context';
  /** 'value', or the attribute's or context's name in a decoded record. */
  from: string;
  /** Member of a location or histogram that the column holds. */
  part?: string;
}

/** Columns that every table of records has, and words that views use. */
const taken =
  'tenant device boot seq idx at_ms subject uptime_ms time_quality time_bound_ms received_ms consent_epoch model flags time received';

const words: Record<string, string> = {
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

/** A unit as a person would write it in a column's name: `Cel` -> `celsius`, `km/h` -> `km_per_h`, `{beat}/min` -> `beat_per_min`. */
export function unitWord(unit: string | undefined): string {
  if (unit === undefined) return '';
  const spelt = unit.replaceAll('/', '_per_').replace(/[^A-Za-z0-9]+/g, '_');
  return words[unit] ?? spelt.toLowerCase().replace(/^_+|_+$/g, '');
}

/** `speed` in `km/h` -> `speed_km_per_h`; a name that ends with its unit already stays as it is. */
function withUnit(name: string, unit: string | undefined): string {
  const word = unitWord(unit);
  return word === '' || name.endsWith(`_${word}`) ? name : `${name}_${word}`;
}

function numberType(scale: number | undefined): SqlColumn['type'] {
  return (scale ?? 1) >= 1 ? 'INTEGER' : 'REAL';
}

function attributeType(attribute: Attribute): SqlColumn['type'] {
  if (attribute.type === 'num') return numberType(attribute.scale);
  return attribute.type === 'int' || attribute.type === 'bool' ? 'INTEGER' : 'TEXT';
}

function locationColumns(name: string, from: string, role: SqlColumn['role']): SqlColumn[] {
  const part = (suffix: string, member: string): SqlColumn => ({
    name: `${name}_${suffix}`,
    type: 'REAL',
    role,
    from,
    part: member,
  });
  return [part('lat', 'lat'), part('lon', 'lon'), part('accuracy_m', 'accuracyM')];
}

const histogramParts: [suffix: string, member: string][] = [
  ['sum', 'sum'],
  ['min', 'min'],
  ['max', 'max'],
  ['scale', 'scale'],
  ['zero_count', 'zeroCount'],
  ['offset', 'offset'],
  ['buckets', 'buckets'],
];

/** Buckets are a list, kept as JSON text. */
function histogramColumns(name: string): SqlColumn[] {
  const column = (columnName: string, part: string): SqlColumn => ({
    name: columnName,
    type: part === 'buckets' ? 'TEXT' : 'REAL',
    role: 'value',
    from: 'value',
    part,
  });
  const rest = histogramParts.map(([suffix, member]) => column(`${name}_${suffix}`, member));
  return [column('count', 'count'), ...rest];
}

function valueColumns(point: Point): SqlColumn[] {
  const one = (name: string, type: SqlColumn['type']): SqlColumn[] => [
    { name, type, role: 'value', from: 'value' },
  ];
  switch (point.kind) {
    case 'event':
      return [];
    case 'state':
      return one('state', 'TEXT');
    case 'session':
      return one('duration_s', 'REAL');
    case 'distribution':
      return histogramColumns(withUnit('value', point.unit));
    default:
      return one(withUnit('value', point.unit), numberType(point.scale));
  }
}

function attributeColumns(point: Point): SqlColumn[] {
  return Object.entries(point.attributes).flatMap(([from, attribute]) => {
    const name = withUnit(from, attribute.unit);
    if (attribute.type === 'location') return locationColumns(name, from, 'attribute');
    return [{ name, type: attributeType(attribute), role: 'attribute' as const, from }];
  });
}

function contextColumns(point: Point): SqlColumn[] {
  return point.context.flatMap((name) => {
    if (name === 'location') return locationColumns(name, name, 'context');
    return [
      { name, type: name === 'session' ? 'INTEGER' : 'TEXT', role: 'context', from: name } as SqlColumn,
    ];
  });
}

/** Names that came before keep theirs; a later one gets a number. */
function unique(columns: SqlColumn[]): SqlColumn[] {
  const names = new Set(taken.split(' '));
  return columns.map((column) => {
    let name = column.name;
    for (let n = 2; names.has(name); n++) name = `${column.name}_${n}`;
    names.add(name);
    return { ...column, name };
  });
}

/** SQL columns of a point beyond those that all records share: value, attributes, context, in order; units stand in names. */
export function pointSqlColumns(point: Point): SqlColumn[] {
  return unique([...valueColumns(point), ...attributeColumns(point), ...contextColumns(point)]);
}

/** The columns of every point, by name. A session's `duration_s` is its value, in seconds. */
export function toSqlColumns(model: Model): Record<string, SqlColumn[]> {
  return Object.fromEntries(
    Object.entries(model.points).map(([name, point]) => [name, pointSqlColumns(point)]),
  );
}
