import { pointAt } from './lamp.ts';
import { bothForms, reads, refuses } from './record-vector.ts';
import type { Vector } from './vector.ts';

const at = (
  name: string,
  atMs: number,
  values: (number | string | boolean | Uint8Array | number[] | null)[],
) => ({ form: 'record', point: pointAt(name), atMs, values }) as const;
const pulse = (atMs: number, samples: number[], periodMs = 1000) =>
  ({ form: 'series', point: pointAt('pulse'), atMs, periodMs, samples }) as const;

const night = Array.from({ length: 60 }, (_, i) => 58 + (i % 7) - (i % 3));

/** Sets of records, written by the encoder in both forms. */
export const pairedVectors: Vector[] = [
  bothForms('set/event', 'POU-REC-9', 'an event without attributes', [at('blinked', 5000, [])]),
  bothForms('set/tap', 'POU-REC-9', 'an event with the attributes it needs', [
    at('tapped', 5250, [1, true, null, null, null, null, null, null, null]),
  ]),
  bothForms('set/tap-full', 'POU-REC-9', 'an event with every attribute and context', [
    at('tapped', 6000, [
      2,
      false,
      1000,
      'später €',
      Uint8Array.of(0, 255),
      7,
      [491234567, -81234567, 5],
      1,
      0,
    ]),
  ]),
  bothForms('set/counter', 'POU-REC-9', 'a counter that grows', [
    at('turns', 5000, [70000]),
    at('turns', 65000, [70012]),
  ]),
  bothForms('set/gauge', 'POU-REC-9', 'gauges below, in and above their range, as differences', [
    at('warmth', 5000, [215]),
    at('warmth', 6000, [217]),
    at('warmth', 7000, [-4000]),
    at('warmth', 8000, [9000]),
  ]),
  bothForms('set/free-gauge', 'POU-REC-9', 'a gauge without a range', [
    at('drift', 5001, [-1]),
    at('drift', 5002, [123456789]),
  ]),
  bothForms('set/state', 'POU-REC-9', 'states', [at('mode', 5000, [0]), at('mode', 5500, [2])]),
  bothForms('set/session', 'POU-REC-9', 'a session of 8 hours', [at('use', 28805000, [28800, 81])]),
  bothForms('set/series', 'POU-REC-9', 'a minute of pulse', [pulse(5000, night)]),
  bothForms('set/series-twice', 'POU-REC-9', 'two stretches, the second with its own period', [
    pulse(5000, [58, 59, 59, 61, 220]),
    pulse(70000, [25], 5000),
  ]),
  bothForms('set/distribution', 'POU-REC-9', 'a histogram', [
    at('load', 11000, [[3, 25, 5, 12, -2, 1, -3, 1, 0, 1]]),
  ]),
  bothForms('set/gap', 'POU-GAP-1', 'losses with their cause, first seq and span', [
    at('gap', 5000, [17, 0, null, 60000]),
    at('gap', 6000, [1, 5, 0, null]),
  ]),
  bothForms('set/mixed', 'POU-REC-9', 'series and records of many points, some at the same time', [
    pulse(5000, [60, 61, 60]),
    at('mode', 5000, [1]),
    at('tapped', 5000, [0, false, 12, null, null, 3, null, null, 1]),
    at('warmth', 6000, [366]),
    at('turns', 6000, [1]),
    at('gap', 7000, [2, 1, 40, null]),
    at('blinked', 9000, []),
  ]),
].flat();

const schema = (requirement: string): [string, string] => [requirement, 'schema'];
const range = (requirement: string): [string, string] => [requirement, 'out-of-range'];

/** What even a reader without the model sees. */
const breaks = (id: string, what: [string, string], description: string, records: string): Vector =>
  refuses(id, what, description, records, 'no-match');

/** Plain entries byte by byte. */
export const plainVectors: Vector[] = [
  reads('row/two-items', 'POU-REC-4', 'a row without value and attributes', '82 82 08 00 82 08 05'),
  reads('row/value', 'POU-REC-4', 'a row with a value', '81 83 02 1903e8 18ff'),
  reads(
    'row/attributes',
    'POU-REC-4',
    'a row with null for the value it has not',
    '81 84 01 00 f6 a2 0002 01f5',
  ),
  reads(
    'row/context',
    'POU-REC-4',
    'context keys come after the declared ones',
    '81 84 01 00 f6 a5 0000 01f4 2007 21 82 00 20 2201',
  ),
  reads('row/times-add-up', 'POU-REC-4', 'dt counts from the row before', '83 82 08 0a 82 08 0a 82 08 00'),
  reads(
    'row/beside-series',
    'POU-REC-4',
    'a series between rows does not move their time',
    '83 82 08 0a 83 181e 00 81 183c 82 08 0a',
  ),
  reads('number/scaled', 'POU-REC-1', '21.5 in steps of 0.1', '81 83 03 00 18d7'),
  reads(
    'optional/left-out',
    'POU-REC-2',
    'optional attributes left out of a row',
    '81 84 01 00 f6 a2 0001 01f4',
  ),
  reads(
    'optional/null-in-columns',
    'POU-REC-2',
    'optional fields as null in columns',
    '81 84 81 01 00 81 00 89 01 f4 f6 f6 f6 f6 f6 f6 f6',
  ),
  reads(
    'series/differences',
    'POU-REC-5',
    'the first sample, then differences',
    '81 83 181e 1901f4 84 183c 01 20 00',
  ),
  reads('series/one', 'POU-REC-5', 'one sample', '81 83 181e 00 81 1819'),
  reads('series/own-period', 'POU-REC-5', 'a period of its own', '81 84 181e 00 82 183c 00 1901f4'),
  reads('series/uint8', 'POU-REC-5', 'typed array 64: uint8, absolute', '81 83 181e 00 d840 43 3c3d3c'),
  reads(
    'series/uint16',
    'POU-REC-5',
    'typed array 69: uint16, little endian',
    '81 83 181e 00 d845 44 3c003d00',
  ),
  reads(
    'series/uint32',
    'POU-REC-5',
    'typed array 70: uint32, little endian',
    '81 83 181e 00 d846 44 3c000000',
  ),
  reads('series/sint8', 'POU-REC-5', 'typed array 72: sint8', '81 83 181e 00 d848 42 3c3d'),
  reads('series/sint16', 'POU-REC-5', 'typed array 77: sint16, little endian', '81 83 181e 00 d84d 42 3c00'),
  reads(
    'series/sint32',
    'POU-REC-5',
    'typed array 78: sint32, little endian',
    '81 83 181e 00 d84e 44 3d000000',
  ),
  reads(
    'columns/two',
    'POU-REC-6',
    'a turn and a mode in ticks of 10 ms',
    '81 84 82 02 04 01 82 00 05 82 18c8 01',
  ),
  reads(
    'columns/no-fields',
    'POU-REC-6',
    'events without fields have no values',
    '81 84 82 08 08 03 82 01 02 80',
  ),
  reads('columns/typed-times', 'POU-REC-6', 'times as a typed array', '81 84 82 08 08 05 d840 42 0001 80'),
  reads(
    'range/kept',
    'POU-REC-8',
    'a value outside is kept and flagged where the model says so',
    '81 83 03 00 39 0f9f',
  ),
  reads('range/edge', 'POU-REC-8', 'the ends of a range are inside', '82 83 06 00 00 83 06 00 1864'),
  breaks('number/float', schema('POU-REC-1'), 'a float for a value', '81 83 02 00 f93e00'),
  refuses('number/text', schema('POU-REC-1'), 'text for a number', '81 83 02 00 6131'),
  refuses(
    'optional/required-missing',
    schema('POU-REC-2'),
    'a required attribute left out',
    '81 84 01 00 f6 a1 0001',
  ),
  refuses('optional/value-missing', schema('POU-REC-2'), 'a counter without a value', '81 82 02 00'),
  refuses(
    'optional/required-null',
    schema('POU-REC-2'),
    'null for a required field in columns',
    '81 84 81 02 00 81 00 81 f6',
  ),
  breaks('row/one-item', schema('POU-REC-4'), 'a row of one item', '81 81 08'),
  breaks('row/five-items', schema('POU-REC-4'), 'a row of five items', '81 85 01 00 f6 a2 0002 01f5 00'),
  breaks('row/empty-attributes', schema('POU-REC-4'), 'an empty map of attributes', '81 84 08 00 f6 a0'),
  refuses('row/null-tail', schema('POU-REC-4'), 'a null that could be left out', '81 83 08 00 f6'),
  refuses('row/value-of-event', schema('POU-REC-4'), 'a value for a point that has none', '81 83 08 00 01'),
  refuses(
    'row/unknown-attribute',
    schema('POU-REC-4'),
    'an attribute that the point does not have',
    '81 84 01 00 f6 a3 0002 01f5 0900',
  ),
  refuses(
    'row/attribute-order',
    ['POU-CBOR-10', 'not-deterministic'],
    'attributes out of order',
    '81 84 01 00 f6 a4 0002 01f5 036161 0200',
  ),
  refuses(
    'row/attribute-twice',
    ['POU-CBOR-7', 'malformed'],
    'an attribute twice',
    '81 84 01 00 f6 a3 0002 0002 01f5',
  ),
  breaks('row/negative-time', schema('POU-REC-4'), 'a dt below 0', '81 82 08 20'),
  breaks('entry/number', schema('POU-CBOR-18'), 'an entry that is a number', '81 00'),
  breaks('entry/empty', schema('POU-CBOR-18'), 'an entry without items', '81 80'),
  refuses(
    'series/of-a-gauge',
    schema('POU-REC-5'),
    'samples for a point that is no series',
    '81 83 06 00 82 01 01',
  ),
  refuses('series/as-row', schema('POU-REC-5'), 'one number for a series', '81 83 181e 00 183c'),
  breaks('series/empty', schema('POU-REC-5'), 'no samples', '81 83 181e 00 80'),
  refuses(
    'series/model-period',
    ['POU-REC-5', 'not-deterministic'],
    "the model's period repeated",
    '81 84 181e 00 81 183c 1903e8',
  ),
  breaks(
    'series/float-array',
    schema('POU-REC-5'),
    'typed array 85: float32',
    '81 83 181e 00 d855 44 00007042',
  ),
  breaks(
    'series/big-endian',
    schema('POU-REC-5'),
    'typed array 65: big endian',
    '81 83 181e 00 d841 42 003c',
  ),
  refuses(
    'series/half-element',
    schema('POU-REC-5'),
    'a typed array that ends inside an element',
    '81 83 181e 00 d845 43 3c003d',
  ),
  refuses('series/outside', range('POU-REC-8'), 'a sample outside its range', '81 83 181e 00 82 183c 190100'),
  refuses('columns/few-times', schema('POU-REC-6'), 'fewer times than points', '81 84 82 08 08 00 81 00 80'),
  refuses(
    'columns/few-values',
    schema('POU-REC-6'),
    'fewer values than fields',
    '81 84 82 02 02 00 82 00 00 81 01',
  ),
  refuses(
    'columns/many-values',
    schema('POU-REC-6'),
    'more values than fields',
    '81 84 81 02 00 81 00 82 01 01',
  ),
  breaks('columns/tick-6', schema('POU-REC-6'), 'tick 6', '81 84 81 08 06 81 00 80'),
  breaks('columns/empty', schema('POU-REC-6'), 'columns without points', '81 84 80 00 80 80'),
  refuses(
    'columns/series',
    schema('POU-REC-6'),
    'a series point in columns',
    '81 84 81 181e 00 81 00 81 183c',
  ),
  refuses('point/unknown', schema('POU-REC-7'), 'a point that the model does not have', '81 82 18ff 00'),
  breaks('point/negative', schema('POU-REC-7'), 'a negative point', '81 82 20 00'),
  refuses('range/above', range('POU-REC-8'), 'a gauge above its range', '81 83 06 00 1865'),
  refuses('range/below', range('POU-REC-8'), 'a gauge below its range', '81 83 06 00 20'),
  refuses('range/counter', range('POU-REC-8'), 'a counter below 0', '81 83 02 00 20'),
  refuses('range/enum', range('POU-REC-8'), 'a state that the model does not have', '81 83 04 00 03'),
  refuses(
    'range/latitude',
    range('POU-REC-8'),
    'a latitude beyond 90 degrees',
    '81 84 01 00 f6 a3 0000 01f4 21 82 1a35a4e901 00',
  ),
  refuses('gap/none-lost', range('POU-GAP-1'), 'a gap of no records', '81 84 00 00 00 a1 0000'),
  refuses('gap/no-cause', schema('POU-GAP-1'), 'a gap without a cause', '81 83 00 00 01'),
  refuses('gap/cause-6', range('POU-GAP-1'), 'a cause that does not exist', '81 84 00 00 01 a1 0006'),
];
