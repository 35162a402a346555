import { type CodeName, topicFor } from '@usewire/protocol/wire';
import { kept } from './answers.ts';
import { type DataFields, data, hex, RIGHT_RECORDS } from './cbor-bytes.ts';
import type { Culprit, Misbehaviour } from './misbehaviour.ts';
import { publish } from './mqtt-bytes.ts';

function cborCase(
  id: string,
  title: string,
  code: CodeName,
  payload: (self: Culprit) => Uint8Array,
): Misbehaviour {
  const steps = (self: Culprit) => [publish(topicFor(self.tenant, self.device, 'up'), payload(self), 1)];
  return { id: `cbor-${id}`, family: 'cbor', title, begins: 'session', steps, answer: kept(code) };
}

/** Bytes that do not depend on who sends them. */
function bare(id: string, title: string, code: CodeName, text: string): Misbehaviour {
  return cborCase(id, title, code, () => hex(text));
}

/** A data message that is right but for some of its labels. */
function field(id: string, title: string, code: CodeName, fields: DataFields): Misbehaviour {
  return cborCase(id, title, code, (self) => data(self, fields));
}

const cut = (self: Culprit, bytes: number): Uint8Array => data(self).subarray(0, bytes);
const times = (count: number, text: string): string => text.repeat(count);
const ascii = (text: string) => () => Buffer.from(text);

/** Bytes that are no message: SPEC.md sections 1 and 2. */
export const cborCases: readonly Misbehaviour[] = [
  bare('empty', 'no byte at all', 'malformed', ''),
  cborCase('cut', 'a message cut off', 'malformed', (self) => cut(self, 20)),
  cborCase('cut-head', 'a message of two bytes', 'malformed', (self) => cut(self, 2)),
  field('trailing', 'a byte behind the message', 'malformed', {
    records: `07 ${RIGHT_RECORDS} 00`,
    head: 'a7',
  }),
  cborCase(
    'json',
    'JSON (a text of 2^53 bytes or more, as CBOR)',
    'outOfRange',
    ascii('{"temperature":21.5}'),
  ),
  cborCase('text', 'plain text', 'malformed', ascii('temperature=21.5')),
  bare('array', 'an array instead of a map', 'schema', '82 00 01'),
  bare('number', 'a number instead of a map', 'schema', '17'),
  bare('break', 'a break and nothing else', 'malformed', 'ff'),
  bare('indefinite-map', 'a map of indefinite length', 'malformed', 'bf 00 01 ff'),
  bare(
    'never-closed',
    'a map of indefinite length that never ends',
    'malformed',
    `bf ${times(400, '00 01')}`,
  ),
  field('indefinite-array', 'records in an array of indefinite length', 'malformed', {
    records: '07 9f 84 01 00 f6 a1 00 05 ff',
  }),
  bare('depth-bomb', '1,000 arrays within each other', 'malformed', `a2 00 01 20 ${times(1000, '81')} 00`),
  bare('map-bomb', '60 maps within each other', 'malformed', `a2 00 01 20 ${times(60, 'a1 20')} 00`),
  bare('tag-bomb', '200 tags on one value', 'malformed', `a2 00 01 20 ${times(200, 'c1')} 00`),
  field('same-key', 'a label twice', 'malformed', { between: '05 00' }),
  field('key-order', 'labels out of order', 'notDeterministic', { seq: '03 19 03e8', uptime: '01 00' }),
  field('long-integer', 'an integer in two bytes that fits one', 'notDeterministic', { seq: '01 18 01' }),
  field('long-length', 'a length in two bytes that fits one', 'notDeterministic', {
    boot: '02 58 08 0102030405060708',
  }),
  bare('huge-array', 'an array that claims 2^32 items', 'malformed', 'a2 00 01 07 9a ffffffff 01'),
  bare(
    'huge-bytes',
    'a byte string that claims 2^40 bytes',
    'malformed',
    'a2 00 01 07 5b 0000010000000000 01',
  ),
  bare('huge-map', 'a map that claims 2^32 pairs', 'malformed', 'ba ffffffff 00 01'),
  bare('many-pairs', 'a map of 65 pairs', 'malformed', `b8 41 00 01 ${times(64, '01 00')}`),
  field('nan-payload', 'NaN with a payload', 'malformed', { after: '20 f97e01' }),
  field('nan-long', 'NaN in eight bytes', 'notDeterministic', { after: '20 fb7ff8000000000000' }),
  field('long-float', '1.5 in eight bytes', 'notDeterministic', { after: '20 fb3ff8000000000000' }),
  field('undefined', 'undefined as a value', 'malformed', { after: '20 f7' }),
  field('simple-value', 'a simple value nobody has assigned', 'malformed', { after: '20 f8 20' }),
  field('reserved', 'the reserved additional information 28', 'malformed', { after: '20 1c' }),
  field('utf8', 'text that is not UTF-8', 'malformed', { after: '20 62 c328' }),
  field('utf8-overlong', 'text in overlong UTF-8', 'malformed', { after: '20 62 c0af' }),
  field('utf8-surrogate', 'half a surrogate pair in UTF-8', 'malformed', { after: '20 63 eda080' }),
  field('integer-2-53', 'an integer of 2^53', 'outOfRange', { seq: '01 1b 0020000000000000' }),
  field('integer-2-64', 'an integer of 2^64 - 1', 'outOfRange', { seq: '01 1b ffffffffffffffff' }),
  field('negative-seq', 'a negative sequence number', 'schema', { seq: '01 20' }),
  field('float-seq', 'a sequence number of 1.5', 'schema', { seq: '01 f93e00' }),
  field('bignum-seq', 'a bignum as sequence number', 'schema', { seq: '01 c2 41 01' }),
  field('text-label', 'a label that is text', 'schema', { after: '61 78 00' }),
  field('critical-label', 'an unsigned label that does not exist', 'criticalLabel', { after: '18 63 00' }),
  field('foreign-label', 'a label of another kind', 'criticalLabel', { after: '0d a1 00 01' }),
  field('no-kind', 'no kind', 'schema', { kind: '' }),
  field('unknown-kind', 'a kind that POU 1 does not have', 'version', { kind: '00 17' }),
  field('no-seq', 'no sequence number', 'schema', { seq: '' }),
  field('no-records', 'no records', 'schema', { records: '' }),
  field('short-boot', 'a boot id of 7 bytes', 'schema', { boot: '02 47 01020304050607' }),
  field('tagged-map', 'a message inside the tag for self-described CBOR', 'schema', { head: 'd9 d9f7 a7' }),
];
