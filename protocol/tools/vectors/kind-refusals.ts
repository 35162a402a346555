import { reject, type Vector } from './vector.ts';

const ack = '0004 0200 1000';
const up = (kind: string) => `00${kind} 0100 0200 0300`;
const request = '000102030405060708090a0b0c0d0e0f';
const hash = '44 4489372c';
const long = (count: number) => 'aa'.repeat(count);
const schema = (requirement: string): [string, string] => [requirement, 'schema'];

/** Section 3 of SPEC.md: what each kind refuses. */
export const kindRefusals: Vector[] = [
  reject('hello/hash-4', schema('POU-KIND-1'), 'hello with 4 bytes of the hash', `a5 ${up('00')} 04 ${hash}`),
  reject(
    'hello/hash-9',
    schema('POU-KIND-1'),
    'hello with 9 bytes of the hash',
    `a5 ${up('00')} 04 49 ${long(9)}`,
  ),
  reject(
    'hello/hardware-alone',
    schema('POU-KIND-1'),
    'hardware without levels',
    `a6 ${up('00')} 04 48 ${long(8)} 0a 82 6162 6131`,
  ),
  reject(
    'hello/levels-alone',
    schema('POU-KIND-1'),
    'levels without hardware',
    `a6 ${up('00')} 04 48 ${long(8)} 0b 81 00`,
  ),
  reject(
    'hello/no-levels',
    schema('POU-KIND-1'),
    'an empty list of levels',
    `a7 ${up('00')} 04 48 ${long(8)} 0a 82 6162 6131 0b 80`,
  ),
  reject(
    'hello/empty-hw',
    schema('POU-KIND-1'),
    'hardware without a name',
    `a7 ${up('00')} 04 48 ${long(8)} 0a 82 60 6131 0b 81 00`,
  ),
  reject(
    'hello/reset-10',
    schema('POU-KIND-1'),
    'reset cause 10',
    `a7 ${up('00')} 04 48 ${long(8)} 0a 83 6162 6131 0a 0b 81 00`,
  ),
  reject(
    'hello/nonce-7',
    schema('POU-KIND-1'),
    'a nonce of 7 bytes',
    `a6 ${up('00')} 04 48 ${long(8)} 0c 47 ${long(7)}`,
  ),
  reject(
    'data/hash-8',
    schema('POU-KIND-2'),
    'data with 8 bytes of the hash',
    `a7 ${up('01')} 04 48 ${long(8)} 0500 07 81 82 01 00`,
  ),
  reject(
    'data/no-records',
    schema('POU-KIND-2'),
    'an empty array of records',
    `a7 ${up('01')} 04 ${hash} 0500 07 80`,
  ),
  reject(
    'data/no-packed-records',
    schema('POU-KIND-2'),
    'an empty byte string of records',
    `a7 ${up('01')} 04 ${hash} 0500 07 40`,
  ),
  reject(
    'data/records-map',
    schema('POU-KIND-2'),
    'records in a map',
    `a7 ${up('01')} 04 ${hash} 0500 07 a1 00 00`,
  ),
  reject(
    'data/records-tagged',
    schema('POU-KIND-2'),
    'records in a tag',
    `a7 ${up('01')} 04 ${hash} 0500 07 c1 81 82 01 00`,
  ),
  reject(
    'data/records-long',
    ['POU-CBOR-9', 'not-deterministic'],
    'a long integer inside the records',
    `a7 ${up('01')} 04 ${hash} 0500 07 81 82 1801 00`,
  ),
  reject(
    'data/records-undefined',
    ['POU-CBOR-3', 'malformed'],
    'undefined inside the records',
    `a7 ${up('01')} 04 ${hash} 0500 07 81 83 01 00 f7`,
  ),
  reject(
    'data/subject-256',
    schema('POU-KIND-2'),
    'subject 256',
    `a8 ${up('01')} 04 ${hash} 0500 07 81 82 01 00 08 190100`,
  ),
  reject('status/empty', schema('POU-KIND-3'), 'an empty state map', `a5 ${up('02')} 0d a0`),
  reject('bye/reason-10', schema('POU-KIND-4'), 'reason 10', `a5 ${up('03')} 0e 0a`),
  reject('ack/empty-ranges', schema('POU-KIND-5'), 'an empty list of ranges', `a4 ${ack} 11 80`),
  reject('ack/range-of-one', schema('POU-KIND-5'), 'a range of one item', `a4 ${ack} 11 81 81 05`),
  reject(
    'ack/range-reversed',
    schema('POU-KIND-5'),
    'a range that ends before it starts',
    `a4 ${ack} 11 81 82 09 07`,
    'match',
  ),
  reject(
    'ack/range-touches',
    schema('POU-KIND-5'),
    'a range that touches label 16',
    `a4 ${ack} 11 81 82 00 07`,
    'match',
  ),
  reject(
    'ack/ranges-touch',
    schema('POU-KIND-5'),
    'ranges that touch each other',
    `a4 ${ack} 11 82 82 02 03 82 04 05`,
    'match',
  ),
  reject(
    'ack/ranges-fall',
    schema('POU-KIND-5'),
    'ranges that fall',
    `a4 ${ack} 11 82 82 08 09 82 02 03`,
    'match',
  ),
  reject('nack/code-0', schema('POU-KIND-6'), 'code 0', 'a2 0005 12 00'),
  reject('nack/code-19', schema('POU-KIND-6'), 'code 19', 'a2 0005 12 13'),
  reject(
    'nack/detail-65',
    schema('POU-KIND-6'),
    'a detail of 65 bytes',
    `a3 0005 1201 14 7841 ${'61'.repeat(65)}`,
  ),
  reject(
    'time/nonce-65',
    schema('POU-KIND-7'),
    'a nonce of 65 bytes',
    `a3 0006 06 82 00 00 0c 5841 ${long(65)}`,
  ),
  reject('consent/choice-3', schema('POU-KIND-8'), 'choice 3', 'a4 0007 0500 0800 0f a1 01 03'),
  reject('consent/no-choices', schema('POU-KIND-8'), 'consent without choices', 'a3 0007 0500 0800'),
  reject(
    'consent/short-hash',
    schema('POU-KIND-8'),
    'a record hash of 15 bytes',
    `a5 0007 0500 0800 0f a0 16 4f ${long(15)}`,
  ),
  reject(
    'consent-ack/no-subject',
    schema('POU-KIND-9'),
    'consent-ack without a subject',
    `a5 ${up('08')} 0500`,
  ),
  reject('choice/empty', schema('POU-KIND-10'), 'a choice of nothing', `a7 ${up('09')} 0500 0800 0f a0`),
  reject('config/map-value', schema('POU-KIND-11'), 'a map for a value', 'a3 000a 1700 1818 a1 00 a0'),
  reject('config/nested-list', schema('POU-KIND-11'), 'a list in a list', 'a3 000a 1700 1818 a1 00 81 80'),
  reject('config-ack/no-id', schema('POU-KIND-12'), 'config-ack without an id', `a4 ${up('0b')}`),
  reject('model-req/hash-3', schema('POU-KIND-13'), '3 bytes of the hash', 'a2 000c 04 43 448937'),
  reject('model-req/hash-33', schema('POU-KIND-13'), '33 bytes of the hash', `a2 000c 04 5821 ${long(33)}`),
  reject('model/empty', schema('POU-KIND-13'), 'a model of no bytes', `a3 000d 04 ${hash} 1819 40`),
  reject(
    'erase/id-15',
    schema('POU-KIND-14'),
    'a request id of 15 bytes',
    `a3 000e 0800 181a 4f ${long(15)}`,
  ),
  reject(
    'erase/range-reversed',
    schema('POU-KIND-14'),
    'a range that ends before it starts',
    `a4 000e 0800 181a 50 ${request} 181b 82 05 04`,
    'match',
  ),
  reject(
    'erase-ack/count-negative',
    schema('POU-KIND-15'),
    'a count of -1',
    `a6 ${up('0f')} 181a 50 ${request} 181c 20`,
  ),
  reject('export-req/no-id', schema('POU-KIND-16'), 'export-req without a request id', 'a1 0010'),
  reject(
    'export/last-1',
    schema('POU-KIND-16'),
    '1 where a bool is',
    `a9 ${up('11')} 04 ${hash} 07 80 181a 50 ${request} 181d 00 181e 01`,
  ),
];
