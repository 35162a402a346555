import { type Elective, Kind } from '@usewire/protocol/wire';
import { accept, bytesOf, reject, type Vector } from './vector.ts';

const ack = '0004 0200 1000';
const up = (kind: string) => `00${kind} 0100 0200 0300`;
const request = '000102030405060708090a0b0c0d0e0f';
const hash = '44 4489372c';
const long = (count: number) => 'aa'.repeat(count);
const schema = (requirement: string): [string, string] => [requirement, 'schema'];

const withElective = (id: string, description: string, elective: Elective[]): Vector =>
  accept(id, 'POU-ENV-4', description, { kind: Kind.ack, boot: 0, nextSeq: 0, elective });

/** Sections 2 and 3 of SPEC.md: labels, their types and bounds. */
export const envelopeVectors: Vector[] = [
  reject('map/array', schema('POU-ENV-1'), 'a message that is an array', '83 04 00 00'),
  reject('map/integer', schema('POU-ENV-1'), 'a message that is a number', '00'),
  reject('map/text', schema('POU-ENV-1'), 'a message that is text', '62 6869'),
  reject('map/tagged', schema('POU-ENV-1'), 'a message in a tag', `c1 a3 ${ack}`),
  reject('map/empty', schema('POU-ENV-1'), 'an empty map', 'a0'),
  reject('map/no-kind', schema('POU-ENV-1'), 'label 0 is missing', 'a2 0200 1000'),
  reject('map/text-label', schema('POU-ENV-1'), 'a text where a label is', 'a3 0004 0200 6161 00'),
  reject('map/first-label-text', schema('POU-ENV-1'), 'a text for the first label', 'a1 6130 04'),
  reject('kind/text', schema('POU-CBOR-18'), 'a kind that is text', 'a1 00 6134'),
  reject('kind/negative', schema('POU-CBOR-18'), 'a negative kind', 'a1 00 20'),
  reject('kind/20', ['POU-ENV-2', 'version'], 'the first reserved kind', 'a1 00 14'),
  reject('kind/23', ['POU-ENV-2', 'version'], 'the last reserved kind', 'a1 00 17'),
  reject('kind/24', ['POU-ENV-2', 'version'], 'the first experimental kind', 'a1 00 1818'),
  reject('kind/largest', ['POU-ENV-2', 'version'], 'kind 2^53 - 1', 'a1 00 1b001fffffffffffff'),
  reject(
    'critical/unknown-31',
    ['POU-ENV-3', 'critical-label'],
    'label 31, which no kind has',
    `a4 ${ack} 181f 00`,
  ),
  reject(
    'critical/known-elsewhere',
    ['POU-ENV-3', 'critical-label'],
    'label 5, which ack does not have',
    'a4 0004 0200 0500 1000',
  ),
  reject(
    'critical/seq-in-time',
    ['POU-ENV-3', 'critical-label'],
    'label 1, which time does not have',
    'a3 0006 0100 06 82 00 00',
  ),
  reject('critical/large', ['POU-ENV-3', 'critical-label'], 'label 2^32', `a4 ${ack} 1b0000000100000000 00`),
  withElective('elective/unknown', 'a label nobody knows with an item of any type', [
    { label: -40, item: bytesOf('a1 6161 82 f5 c1 00') },
  ]),
  withElective('elective/several', 'in falling order', [
    { label: -1, item: bytesOf('00') },
    { label: -24, item: bytesOf('f6') },
    { label: -25, item: bytesOf('f9 3e00') },
    { label: -257, item: bytesOf('41ff') },
  ]),
  withElective('elective/largest', 'label -(2^53 - 1)', [{ label: -9007199254740991, item: bytesOf('80') }]),
  reject('missing/boot', schema('POU-ENV-5'), 'ack without boot', 'a2 0004 1000'),
  reject('missing/next-seq', schema('POU-ENV-5'), 'ack without label 16', 'a2 0004 0200'),
  reject(
    'missing/last-then-elective',
    schema('POU-ENV-5'),
    'label 16 missing, an elective one there',
    'a3 0004 0200 2000',
  ),
  reject('missing/everything', schema('POU-ENV-5'), 'a kind and nothing else', 'a1 0001'),
  reject(
    'missing/data-records',
    schema('POU-ENV-5'),
    'data without records',
    `a6 ${up('01')} 04 ${hash} 0500`,
  ),
  reject(
    'missing/data-epoch',
    schema('POU-ENV-5'),
    'data without a consent epoch',
    `a6 ${up('01')} 04 ${hash} 07 81 82 01 00`,
  ),
  reject('missing/status-state', schema('POU-ENV-5'), 'status without a state map', `a4 ${up('02')}`),
  reject('missing/nack-code', schema('POU-ENV-5'), 'nack without a code', 'a1 0005'),
  reject('missing/time-clock', schema('POU-ENV-5'), 'time without a clock', 'a1 0006'),
  reject(
    'missing/export-last',
    schema('POU-ENV-5'),
    'export without label 30',
    `a8 ${up('11')} 04 ${hash} 07 80 181a 50 ${request} 181d 00`,
  ),
  reject('head/no-seq', schema('POU-ENV-6'), 'bye without seq', 'a4 0003 0200 0300 0e00'),
  reject('head/no-boot', schema('POU-ENV-6'), 'bye without boot', 'a4 0003 0100 0300 0e00'),
  reject('head/no-uptime', schema('POU-ENV-6'), 'bye without uptime', 'a4 0003 0100 0200 0e00'),
  reject('head/seq-2-32', schema('POU-ENV-6'), 'seq 2^32', 'a5 0003 01 1b0000000100000000 0200 0300 0e00'),
  reject('head/seq-negative', schema('POU-ENV-6'), 'seq -1', 'a5 0003 01 20 0200 0300 0e00'),
  reject('head/boot-7-bytes', schema('POU-ENV-6'), 'a boot id of 7 bytes', `a3 0004 02 47 ${long(7)} 1000`),
  reject('head/boot-9-bytes', schema('POU-ENV-6'), 'a boot id of 9 bytes', `a3 0004 02 49 ${long(9)} 1000`),
  reject('head/boot-2-32', schema('POU-ENV-6'), 'boot counter 2^32', 'a3 0004 02 1b0000000100000000 1000'),
  reject('head/uptime-text', schema('POU-ENV-6'), 'an uptime that is text', 'a5 0003 0100 0200 03 6130 0e00'),
  reject('head/uptime-negative', schema('POU-ENV-6'), 'an uptime of -1 ms', 'a5 0003 0100 0200 03 20 0e00'),
  accept('head/largest', 'POU-ENV-6', 'the largest seq, boot and uptime', {
    kind: Kind.bye,
    seq: 4294967295,
    boot: 4294967295,
    uptimeMs: 9007199254740991,
    reason: 1,
  }),
  reject('clock/map', schema('POU-ENV-7'), 'a clock that is a map', 'a2 0006 06 a1 00 00'),
  reject('clock/one-item', schema('POU-ENV-7'), 'a clock without quality', 'a2 0006 06 81 00'),
  reject('clock/four-items', schema('POU-ENV-7'), 'a clock of four items', 'a2 0006 06 84 00 00 00 00'),
  reject('clock/quality-5', schema('POU-ENV-7'), 'quality 5', 'a2 0006 06 82 00 05'),
  reject('clock/negative', schema('POU-ENV-7'), 'a time before 1970', 'a2 0006 06 82 20 00'),
  reject('clock/float', schema('POU-ENV-7'), 'a time with a fraction', 'a2 0006 06 82 f93e00 00'),
  reject(
    'value/float-1',
    ['POU-ENV-8', 'not-deterministic'],
    '1.0 where 1 does',
    `a5 ${up('02')} 0d a1 00 f93c00`,
  ),
  reject(
    'value/minus-zero',
    ['POU-ENV-8', 'not-deterministic'],
    '-0.0 where 0 does',
    `a5 ${up('02')} 0d a1 00 f98000`,
  ),
  reject(
    'value/float-in-list',
    ['POU-ENV-8', 'not-deterministic'],
    '2.0 in a list of config',
    'a3 000a 1700 1818 a1 00 81 f94000',
  ),
  reject('value/null', schema('POU-CBOR-18'), 'a state of null', `a5 ${up('02')} 0d a1 00 f6`),
  reject('value/list', schema('POU-CBOR-18'), 'a list where a state is', `a5 ${up('02')} 0d a1 00 81 00`),
  reject(
    'value/text-129',
    schema('POU-CBOR-18'),
    'a text of 129 bytes',
    `a5 ${up('02')} 0d a1 00 7881 ${'61'.repeat(129)}`,
  ),
  reject('value/bytes-129', schema('POU-CBOR-18'), '129 bytes', `a5 ${up('02')} 0d a1 00 5881 ${long(129)}`),
  reject(
    'value/negative-key',
    schema('POU-CBOR-18'),
    'a state with a negative key',
    `a5 ${up('02')} 0d a1 20 00`,
  ),
  reject(
    'value/key-2-32',
    schema('POU-CBOR-18'),
    'a state with key 2^32',
    `a5 ${up('02')} 0d a1 1b0000000100000000 00`,
  ),
];
