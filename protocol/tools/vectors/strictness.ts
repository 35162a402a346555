import { Kind } from '@usewire/protocol/wire';
import { accept, bytesOf, reject, type Vector } from './vector.ts';

// Carriers: ack {0: 4, 2: 0, 16: 0}; the same with one elective item; status with one state value.
const ack = '0004 0200 1000';
const elective = (item: string) => `a4 ${ack} 20 ${item}`;
const state = (value: string) => `a5 0002 0100 0200 0300 0d a1 00 ${value}`;
const nackDetail = (text: string) => `a3 0005 1201 14 ${text}`;
const nested = (count: number) => `${'81'.repeat(count)}00`;
const pairsUpTo = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => (i < 24 ? i.toString(16).padStart(2, '0') : `18${i.toString(16)}`) + '00',
  ).join('');

const keptItem = (id: string, requirement: string, description: string, item: string): Vector =>
  accept(id, requirement, description, {
    kind: Kind.ack,
    boot: 0,
    nextSeq: 0,
    elective: [{ label: -1, item: bytesOf(item) }],
  });

const detail = (id: string, description: string, text: string): Vector =>
  accept(id, 'POU-CBOR-4', description, { kind: Kind.nack, code: 1, detail: text });

/** Section 1 of SPEC.md: what is refused, and beside it what is just allowed. */
export const strictnessVectors: Vector[] = [
  reject('end/empty', ['POU-CBOR-1', 'malformed'], 'no bytes at all', ''),
  reject('end/map-head-only', ['POU-CBOR-1', 'malformed'], 'a map that promises 3 pairs and ends', 'a3'),
  reject('end/missing-value', ['POU-CBOR-1', 'malformed'], 'ends after a key', 'a3 0004 0200 10'),
  reject('end/cut-argument', ['POU-CBOR-1', 'malformed'], 'ends inside an argument', 'a3 0004 0200 10 1904'),
  reject(
    'end/cut-bytes',
    ['POU-CBOR-1', 'malformed'],
    'a byte string longer than what is left',
    'a2 000c 04 44 448937',
  ),
  reject(
    'end/cut-text',
    ['POU-CBOR-1', 'malformed'],
    'a text longer than what is left',
    nackDetail('65 68616c'),
  ),
  reject(
    'end/huge-bytes',
    ['POU-CBOR-1', 'malformed'],
    'a byte string of 2^53 - 1 bytes',
    'a2 000c 04 5b001fffffffffffff 44',
  ),
  reject(
    'end/huge-array',
    ['POU-CBOR-1', 'malformed'],
    'an array of 65,536 items in no bytes',
    'a2 0006 06 9a00010000',
  ),
  reject('end/cut-float', ['POU-CBOR-1', 'malformed'], 'ends inside a float', state('fb 3ff199999999')),
  reject('end/trailing-byte', ['POU-CBOR-1', 'malformed'], 'one byte after the message', `a3 ${ack} 00`),
  reject('end/two-messages', ['POU-CBOR-1', 'malformed'], 'two messages in one frame', `a3 ${ack} a3 ${ack}`),
  reject('indefinite/map', ['POU-CBOR-2', 'malformed'], 'the message as an indefinite map', `bf ${ack} ff`),
  reject('indefinite/bytes', ['POU-CBOR-2', 'malformed'], 'indefinite bytes', elective('5f 4100 ff')),
  reject('indefinite/text', ['POU-CBOR-2', 'malformed'], 'indefinite text', elective('7f 6161 ff')),
  reject('indefinite/array', ['POU-CBOR-2', 'malformed'], 'an indefinite array', elective('9f 00 ff')),
  reject(
    'indefinite/break',
    ['POU-CBOR-2', 'malformed'],
    'a break without anything to break',
    elective('ff'),
  ),
  reject('reserved/28', ['POU-CBOR-2', 'malformed'], 'additional information 28', elective('1c')),
  reject(
    'reserved/28-long',
    ['POU-CBOR-2', 'malformed'],
    'the same with bytes enough for a longer head',
    elective(`1c 00000001 ${'00'.repeat(12)}`),
  ),
  reject('reserved/29', ['POU-CBOR-2', 'malformed'], 'additional information 29', elective('5d')),
  reject('reserved/30', ['POU-CBOR-2', 'malformed'], 'additional information 30', elective('de')),
  reject(
    'reserved/float-28',
    ['POU-CBOR-2', 'malformed'],
    'additional information 28 of major type 7',
    elective('fc'),
  ),
  keptItem('simple/null', 'POU-CBOR-3', 'null is a known simple value', 'f6'),
  reject('simple/undefined', ['POU-CBOR-3', 'malformed'], 'undefined', elective('f7')),
  reject('simple/0', ['POU-CBOR-3', 'malformed'], 'simple value 0', elective('e0')),
  reject('simple/19', ['POU-CBOR-3', 'malformed'], 'simple value 19', elective('f3')),
  reject('simple/long-true', ['POU-CBOR-3', 'malformed'], 'true in two bytes', elective('f8 15')),
  reject('simple/255', ['POU-CBOR-3', 'malformed'], 'simple value 255', elective('f8 ff')),
  reject('simple/undefined-value', ['POU-CBOR-3', 'malformed'], 'undefined where a value is', state('f7')),
  detail('utf8/ascii', 'ASCII', 'plain'),
  detail('utf8/two-bytes', 'two bytes a character, from U+0080 to U+07FF', 'äöü\u0080\u07ff'),
  detail('utf8/three-bytes', 'three bytes a character, beside the surrogates', '€\u0800\ud7ff\ue000\uffff'),
  detail('utf8/four-bytes', 'four bytes a character, to U+10FFFF', '😀\u{10000}\u{10ffff}'),
  detail('utf8/nul', 'U+0000 is a character', 'a\u0000b'),
  reject('utf8/overlong-2', ['POU-CBOR-4', 'malformed'], 'U+0000 in two bytes', nackDetail('62 c080')),
  reject('utf8/overlong-3', ['POU-CBOR-4', 'malformed'], 'U+07FF in three bytes', nackDetail('63 e09fbf')),
  reject('utf8/overlong-4', ['POU-CBOR-4', 'malformed'], 'U+FFFF in four bytes', nackDetail('64 f08fbfbf')),
  reject('utf8/surrogate', ['POU-CBOR-4', 'malformed'], 'a surrogate, U+D800', nackDetail('63 eda080')),
  reject('utf8/above', ['POU-CBOR-4', 'malformed'], 'U+110000', nackDetail('64 f4908080')),
  reject(
    'utf8/cut',
    ['POU-CBOR-4', 'malformed'],
    'a sequence cut by the end of the text',
    nackDetail('62 e282'),
  ),
  reject('utf8/continuation', ['POU-CBOR-4', 'malformed'], 'a continuation byte alone', nackDetail('61 80')),
  reject('utf8/ff', ['POU-CBOR-4', 'malformed'], 'a byte that UTF-8 never has', nackDetail('61 ff')),
  reject(
    'utf8/in-elective',
    ['POU-CBOR-4', 'malformed'],
    'bad text under an unknown elective label',
    elective('62 c3 28'),
  ),
  keptItem('depth/8', 'POU-CBOR-5', '8 containers within each other, with the message', nested(7)),
  reject('depth/9', ['POU-CBOR-5', 'malformed'], '9 containers within each other', elective(nested(8))),
  reject('depth/9-tags', ['POU-CBOR-5', 'malformed'], 'tags count', elective('c1'.repeat(8) + '00')),
  reject('depth/9-maps', ['POU-CBOR-5', 'malformed'], 'maps count', elective(`${'a100'.repeat(8)}00`)),
  reject('depth/2000', ['POU-CBOR-5', 'malformed'], 'a tower of arrays', elective(nested(2000))),
  keptItem('count/map-64', 'POU-CBOR-6', 'a map of 64 pairs', `b840 ${pairsUpTo(64)}`),
  reject('count/map-65', ['POU-CBOR-6', 'malformed'], 'a map of 65 pairs', elective(`b841 ${pairsUpTo(65)}`)),
  reject(
    'count/state-65',
    ['POU-CBOR-6', 'malformed'],
    'a state map of 65 pairs',
    `a5 0002 0100 0200 0300 0d b841 ${pairsUpTo(65)}`,
  ),
  reject(
    'count/array-65537',
    ['POU-CBOR-6', 'malformed'],
    'an array of 65,537 items',
    elective('9a00010001 00'),
  ),
  reject('duplicate/label', ['POU-CBOR-7', 'malformed'], 'a label twice', 'a4 0004 0200 0200 1000'),
  reject('duplicate/kind', ['POU-CBOR-7', 'malformed'], 'the kind twice', 'a4 0004 0004 0200 1000'),
  reject('duplicate/elective', ['POU-CBOR-7', 'malformed'], 'an elective label twice', `a5 ${ack} 2001 2001`),
  reject(
    'duplicate/state',
    ['POU-CBOR-7', 'malformed'],
    'a state twice',
    'a5 0002 0100 0200 0300 0d a2 0001 0001',
  ),
  reject(
    'duplicate/inside',
    ['POU-CBOR-7', 'malformed'],
    'a key twice deep inside an elective item',
    elective('a2 6161 00 6161 00'),
  ),
];
