import { describe, expect, it } from 'vitest';
import { bed } from '../model/bed.fixture.ts';
import { event, int, product } from '../model/index.ts';
import { toSqlColumns, unitWord } from './sql-columns.ts';

const columns = toSqlColumns(bed);
const short = (name: string) => columns[name]?.map((column) => `${column.name} ${column.type}`);

describe('toSqlColumns', () => {
  it('names a value with its unit and gives it the type of its steps', () => {
    expect(short('temperature')).toEqual(['value_celsius REAL']);
    expect(short('heart_rate')).toEqual(['value_per_min INTEGER']);
    expect(short('lift_cycles')).toEqual(['value_cycle INTEGER']);
    expect(short('mode')).toEqual(['state TEXT']);
  });

  it('gives a session its duration and its attributes', () => {
    expect(short('sleep')).toEqual(['duration_s REAL', 'score INTEGER', 'turns INTEGER', 'intent TEXT']);
  });

  it('takes locations and histograms apart', () => {
    expect(short('position_changed')).toEqual([
      'preset TEXT',
      'angle_degrees INTEGER',
      'source TEXT',
      'session INTEGER',
      'location_lat REAL',
      'location_lon REAL',
      'location_accuracy_m REAL',
      'intent TEXT',
      'actor TEXT',
    ]);
    expect(short('motor_temp')?.slice(0, 3)).toEqual([
      'count REAL',
      'value_celsius_sum REAL',
      'value_celsius_min REAL',
    ]);
    expect(columns.note?.find((column) => column.name === 'where_lon')).toEqual({
      name: 'where_lon',
      type: 'REAL',
      role: 'attribute',
      from: 'where',
      part: 'lon',
    });
  });

  it('never gives two columns one name, nor that of a common column', () => {
    const made = product('a', 1, {
      purposes: { a: { basis: 'contract', code: 'research' } },
      points: {
        e: event({
          id: 1,
          for: 'a',
          attributes: { device: int(0, 1), angle: int(0, 1, { unit: 'deg' }), angle_degrees: int(0, 1) },
        }),
      },
    });
    expect(toSqlColumns(made).e?.map((column) => column.name)).toEqual([
      'device_2',
      'angle_degrees',
      'angle_degrees_2',
    ]);
  });
});

describe('unitWord', () => {
  it.each([
    ['km/h', 'km_per_h'],
    ['{beat}/min', 'beat_per_min'],
    ['m/s2', 'm_per_s2'],
    ['1', ''],
    ['%', 'percent'],
  ])('spells %s as %s', (unit, word) => expect(unitWord(unit)).toBe(word));
});
