import { electiveInt, Kind } from '@usewire/protocol/wire';
import { accept, bytesOf, reject, type Vector } from './vector.ts';

// Carriers: ack {0: 4, 2: 0, 16: 0}; the same with one elective item; status with one state value.
const ack = '0004 0200 1000';
const elective = (item: string) => `a4 ${ack} 20 ${item}`;
const state = (value: string) => `a5 0002 0100 0200 0300 0d a1 00 ${value}`;
const nackDetail = (text: string) => `a3 0005 1201 14 ${text}`;
const keptItem = (id: string, requirement: string, description: string, item: string): Vector =>
  accept(id, requirement, description, {
    kind: Kind.ack,
    boot: 0,
    nextSeq: 0,
    elective: [{ label: -1, item: bytesOf(item) }],
  });

const stateValue = (id: string, requirement: string, description: string, value: number): Vector =>
  accept(id, requirement, description, {
    kind: Kind.status,
    seq: 0,
    boot: 0,
    uptimeMs: 0,
    state: { 0: value },
  });

/** Section 1 of SPEC.md: shortest forms, order, floats, and which offence counts. */
export const strictnessValueVectors: Vector[] = [
  stateValue('nan/canonical', 'POU-CBOR-8', 'NaN', Number.NaN),
  reject('nan/half-payload', ['POU-CBOR-8', 'malformed'], 'float16 NaN with a payload', state('f9 7e01')),
  reject('nan/signalling', ['POU-CBOR-8', 'malformed'], 'a signalling NaN', state('f9 7c01')),
  reject('nan/negative', ['POU-CBOR-8', 'malformed'], 'NaN with a sign', state('f9 fe00')),
  reject(
    'nan/single-payload',
    ['POU-CBOR-8', 'malformed'],
    'float32 NaN with a payload',
    state('fa 7fc00001'),
  ),
  reject(
    'nan/double-payload',
    ['POU-CBOR-8', 'malformed'],
    'float64 NaN with a payload',
    state('fb 7ff8000000000001'),
  ),
  reject('shortest/uint-1', ['POU-CBOR-9', 'not-deterministic'], '0 in two bytes', 'a3 0004 0200 10 1800'),
  reject(
    'shortest/uint-1-23',
    ['POU-CBOR-9', 'not-deterministic'],
    '23 in two bytes',
    'a3 0004 0200 10 1817',
  ),
  reject(
    'shortest/uint-2',
    ['POU-CBOR-9', 'not-deterministic'],
    '255 in three bytes',
    'a3 0004 0200 10 1900ff',
  ),
  reject(
    'shortest/uint-4',
    ['POU-CBOR-9', 'not-deterministic'],
    '65,535 in five bytes',
    'a3 0004 0200 10 1a0000ffff',
  ),
  reject(
    'shortest/uint-8',
    ['POU-CBOR-9', 'not-deterministic'],
    '2^32 - 1 in nine bytes',
    'a3 0004 0200 10 1b00000000ffffffff',
  ),
  reject('shortest/nint', ['POU-CBOR-9', 'not-deterministic'], '-1 in two bytes', state('3800')),
  reject(
    'shortest/label',
    ['POU-CBOR-9', 'not-deterministic'],
    'a label in two bytes',
    'a3 0004 0200 1810 00',
  ),
  reject(
    'shortest/bytes',
    ['POU-CBOR-9', 'not-deterministic'],
    'a length in two bytes',
    'a2 000c 04 5804 4489372c',
  ),
  reject(
    'shortest/text',
    ['POU-CBOR-9', 'not-deterministic'],
    'the length of a text in two bytes',
    nackDetail('7801 61'),
  ),
  reject(
    'shortest/array',
    ['POU-CBOR-9', 'not-deterministic'],
    'a count in two bytes',
    'a2 0006 06 9802 00 00',
  ),
  reject(
    'shortest/map',
    ['POU-CBOR-9', 'not-deterministic'],
    'the count of the message in two bytes',
    `b803 ${ack}`,
  ),
  reject(
    'shortest/tag',
    ['POU-CBOR-9', 'not-deterministic'],
    'a tag number in two bytes',
    elective('d801 00'),
  ),
  reject(
    'order/labels',
    ['POU-CBOR-10', 'not-deterministic'],
    'labels 16 and 2 changed places',
    'a3 0004 1000 0200',
  ),
  reject(
    'order/elective-first',
    ['POU-CBOR-10', 'not-deterministic'],
    'an elective label before an unsigned one',
    'a4 0004 2000 0200 1000',
  ),
  reject(
    'order/elective',
    ['POU-CBOR-10', 'not-deterministic'],
    'elective labels rise',
    `a5 ${ack} 2101 2001`,
  ),
  reject(
    'order/state',
    ['POU-CBOR-10', 'not-deterministic'],
    'state keys fall',
    'a5 0002 0100 0200 0300 0d a2 0101 0001',
  ),
  reject(
    'order/length-first',
    ['POU-CBOR-10', 'not-deterministic'],
    'the older order by length: -1 before 24',
    elective('a2 2000 181800'),
  ),
  keptItem(
    'order/bytewise',
    'POU-CBOR-10',
    'bytewise order: 24 before -1, text last',
    'a3 181800 2000 6100 00'.replace('6100', '6161'),
  ),
  reject(
    'order/text-keys',
    ['POU-CBOR-10', 'not-deterministic'],
    'text keys out of order',
    elective('a2 6162 00 6161 00'),
  ),
  stateValue('float/half', 'POU-CBOR-11', '1.5 in float16', 1.5),
  stateValue('float/half-least', 'POU-CBOR-11', 'the least float16', 2 ** -24),
  stateValue('float/single', 'POU-CBOR-11', '0.100000001490116 in float32', Math.fround(0.1)),
  stateValue('float/double', 'POU-CBOR-11', '0.1 in float64', 0.1),
  stateValue('float/single-largest', 'POU-CBOR-11', 'the largest float32', 3.4028234663852886e38),
  stateValue('float/infinity', 'POU-CBOR-11', 'infinity in float16', Infinity),
  stateValue('float/minus-infinity', 'POU-CBOR-11', 'minus infinity in float16', -Infinity),
  reject(
    'float/single-for-half',
    ['POU-CBOR-11', 'not-deterministic'],
    '1.5 in float32',
    state('fa 3fc00000'),
  ),
  reject(
    'float/double-for-half',
    ['POU-CBOR-11', 'not-deterministic'],
    '1.5 in float64',
    state('fb 3ff8000000000000'),
  ),
  reject(
    'float/double-for-single',
    ['POU-CBOR-11', 'not-deterministic'],
    'a float32 in float64',
    state('fb 3fb99999a0000000'),
  ),
  reject(
    'float/long-infinity',
    ['POU-CBOR-11', 'not-deterministic'],
    'infinity in float32',
    state('fa 7f800000'),
  ),
  reject('float/long-nan', ['POU-CBOR-11', 'not-deterministic'], 'NaN in float32', state('fa 7fc00000')),
  reject(
    'float/long-subnormal',
    ['POU-CBOR-11', 'not-deterministic'],
    'the least float16 in float32',
    state('fa 33800000'),
  ),
  stateValue('int/largest', 'POU-CBOR-12', '2^53 - 1', 9007199254740991),
  stateValue('int/least', 'POU-CBOR-12', '-(2^53 - 1)', -9007199254740991),
  reject('int/2-53', ['POU-CBOR-12', 'out-of-range'], '2^53', state('1b 0020000000000000')),
  reject('int/minus-2-53', ['POU-CBOR-12', 'out-of-range'], '-2^53', state('3b 001fffffffffffff')),
  reject(
    'int/2-64',
    ['POU-CBOR-12', 'out-of-range'],
    '2^64 - 1 under an elective label',
    elective('1b ffffffffffffffff'),
  ),
  reject(
    'int/uptime',
    ['POU-CBOR-12', 'out-of-range'],
    'an uptime of 2^53',
    'a5 0003 0100 0200 03 1b0020000000000000 0e00',
  ),
  reject(
    'first/critical-then-end',
    ['POU-CBOR-14', 'critical-label'],
    'an unknown label, then a cut',
    'a3 0004 0100 02 1904',
  ),
  reject(
    'first/shortest-then-end',
    ['POU-CBOR-14', 'not-deterministic'],
    'a long integer, then a cut',
    'a3 0004 02 1800 10',
  ),
  reject('first/type-then-end', ['POU-CBOR-14', 'schema'], 'a wrong type, then a cut', 'a3 0004 02 f5 10 19'),
  reject(
    'first/malformed-over-type',
    ['POU-CBOR-14', 'malformed'],
    'where a text may not be, an indefinite one',
    'a3 0004 02 7f 1000',
  ),
  reject(
    'first/deterministic-over-type',
    ['POU-CBOR-14', 'not-deterministic'],
    'where a text may not be, a long one',
    'a3 0004 02 7801 61 1000',
  ),
  reject(
    'first/order-over-critical',
    ['POU-CBOR-14', 'not-deterministic'],
    'an unknown label out of order',
    'a4 0004 0200 0100 1000',
  ),
  accept('first/nothing', 'POU-CBOR-14', 'no offence', {
    kind: Kind.ack,
    boot: 0,
    nextSeq: 0,
    elective: [electiveInt(-25, 0)],
  }),
];
