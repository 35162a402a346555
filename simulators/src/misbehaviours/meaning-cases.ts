import { encodeModel } from '@usewire/protocol/model';
import { type CodeName, encodeMessage, Kind, toHex, topicFor } from '@usewire/protocol/wire';
import { closed, ids, ignored, kept, stored, taken } from './answers.ts';
import { type DataFields, data, hello, hex, misbehaviourModel, RIGHT_RECORDS, report } from './cbor-bytes.ts';
import type { Answer, Culprit, Misbehaviour, Step } from './misbehaviour.ts';
import { publish } from './mqtt-bytes.ts';

function meaningCase(
  id: string,
  title: string,
  answer: Answer,
  payloads: (self: Culprit) => Uint8Array[],
): Misbehaviour {
  const steps = (self: Culprit) =>
    payloads(self).map((payload, i) => publish(topicFor(self.tenant, self.device, 'up'), payload, i + 1));
  return { id: `meaning-${id}`, family: 'meaning', title, begins: 'session', steps, answer };
}

/** Records that the model does not allow. */
function records(id: string, title: string, code: CodeName, text: string): Misbehaviour {
  return meaningCase(id, title, kept(code), (self) => [data(self, { records: `07 ${text}` })]);
}

/** Data messages that are right each for itself. */
function series(id: string, title: string, answer: Answer, messages: readonly DataFields[]): Misbehaviour {
  return meaningCase(id, title, answer, (self) => messages.map((fields) => data(self, fields)));
}

const seq = (value: number): string => `01 ${value < 24 ? hexByte(value) : `18 ${hexByte(value)}`}`;
const hexByte = (value: number): string => value.toString(16).padStart(2, '0');
const OTHER_RECORDS = '07 81 84 01 00 f6 a1 00 06';
/** Packed: tick, no series, and a number of records whose code stands for 2^40. */
const PACKED_BOMB = '4b 10 00000000 80 00000000 00';
/** Packed: a series of `pulse` of 65,537 samples, each the same as the one before: a bit each. */
const PACKED_FLOOD = `59 2100 0a400001004000 ${'00'.repeat(0x2100 - 7)}`;
const YEAR_2100 = '06 82 1b 000003bb2cc3d800 03';
const YEAR_1970 = '06 82 18 64 03';

/** Messages that are well-formed and mean what cannot be, or what is not theirs to say. */
export const meaningCases: readonly Misbehaviour[] = [
  records('unknown-point', 'a point that the model does not have', 'schema', '81 83 18 63 00 01'),
  records('value-above', 'a value above its range', 'outOfRange', '81 83 02 00 19 04e3'),
  records('value-below', 'a value below its range', 'outOfRange', '81 83 02 00 39 0190'),
  records('value-text', 'text where the model has a number', 'schema', '81 83 02 00 62 3231'),
  records('value-float', 'a float in a record', 'schema', '81 83 02 00 f9 4d60'),
  records('enum-beyond', 'a state beyond the last', 'outOfRange', '81 83 03 00 02'),
  records('no-attribute', 'a required attribute left out', 'schema', '81 82 01 00'),
  records(
    'unknown-attribute',
    'an attribute that the point does not have',
    'schema',
    '81 84 01 00 f6 a2 00 05 09 01',
  ),
  records('attribute-above', 'an attribute above its range', 'outOfRange', '81 84 01 00 f6 a1 00 18 65'),
  records('empty-records', 'an empty list of records', 'schema', '80'),
  records('gap-of-0', 'a gap of no records', 'outOfRange', '81 84 00 00 00 a1 00 00'),
  records('period-0', 'a series with a period of 0', 'outOfRange', '81 84 18 1e 00 82 18 3c 01 00'),
  records(
    'typed-half',
    'a typed array that ends inside an element',
    'schema',
    '81 83 18 1e 00 d8 45 43 3c003d',
  ),
  records('typed-float', 'a typed array of floats', 'schema', '81 83 18 1e 00 d8 55 44 00007042'),
  records('packed-noise', 'packed records that are noise', 'schema', '4a 00ff00ff00ff00ff00ff'),
  records('packed-cut', 'packed records that end early', 'malformed', '41 10'),
  records('packed-flood', '65,537 samples in 8 kB', 'tooLarge', PACKED_FLOOD),
  records('packed-bomb', 'eleven packed bytes that claim 2^40 records', 'malformed', PACKED_BOMB),
  meaningCase('unknown-model', 'data of a model nobody has told', parked(), (self) => [
    data(self, { model: '04 44 deadbeef' }),
  ]),
  meaningCase('model-hash', 'a model under the hash of another', kept('schema'), () => [
    modelMessage(new Uint8Array(8), encodeModel(misbehaviourModel)),
  ]),
  meaningCase('model-noise', 'a model that is none', kept('schema'), () => [
    modelMessage(new Uint8Array(8), hex('a0')),
  ]),
  meaningCase('sends-ack', 'an ack, which only a gateway sends', kept('schema'), (self) => [
    encodeMessage({ kind: Kind.ack, boot: self.boot, nextSeq: 5 }),
  ]),
  meaningCase('sends-consent', 'a consent, which only a gateway sends', kept('schema'), () => [
    encodeMessage({ kind: Kind.consent, epoch: 9, subject: 0, choices: { 1: 1 } }),
  ]),
  meaningCase('sends-erase', 'an erasure, which only a gateway sends', kept('schema'), () => [
    encodeMessage({ kind: Kind.erase, requestId: new Uint8Array(16), subject: 0 }),
  ]),
  meaningCase('bye-reason', 'a bye for a reason that does not exist', kept('schema'), (self) => [
    report(self, '03', 1, '0e 0a'),
  ]),
  meaningCase('empty-status', 'a status of nothing', kept('schema'), (self) => [
    report(self, '02', 1, '0d a0'),
  ]),
  meaningCase('no-choice', 'a choice about nothing', kept('schema'), (self) => [
    hex(`a7 00 09 01 00 02 48 ${toHex(self.boot)} 03 19 03e8 05 00 08 00 0f a0`),
  ]),
  meaningCase('config-nobody-sent', 'acknowledges a configuration that nobody sent', taken(1), (self) => [
    report(self, '0b', 1, '17 18 63'),
  ]),
  meaningCase('hello-flood', '200 hellos in a row', taken(200), (self) => ids(200).map(() => hello(self))),
  series('duplicate', 'a message sent twice', again(1), [{}, {}]),
  series(
    'duplicates',
    'a message sent 50 times',
    again(49),
    ids(50).map(() => ({})),
  ),
  series('replayed-seq', 'other content under a number already used', again(1, 'the first one counts'), [
    {},
    { records: OTHER_RECORDS },
  ]),
  series(
    'backwards',
    'sequence numbers counting down',
    stored(5),
    ids(5).map((i) => ({ seq: seq(10 - i) })),
  ),
  series('leap', 'a leap to the last sequence number', stored(2, 'the gap is counted'), [
    {},
    { seq: '01 1a ffffffff' },
  ]),
  series('future', 'a clock in the year 2100', stored(1, 'the clock is not believed'), [
    { between: YEAR_2100 },
  ]),
  series('past', 'a clock of 1970', stored(1, 'the clock is not believed'), [{ between: YEAR_1970 }]),
  series('old-boot', 'a boot number that counts down', stored(2), [{ boot: '02 05' }, { boot: '02 04' }]),
  series('uptime-leap', 'an uptime of 285,000 years', stored(1), [{ uptime: '03 1b 001fffffffffffff' }]),
  series('age', 'older than the device itself', stored(1), [{ after: '09 1b 001fffffffffffff' }]),
  holes(),
  onStatus(),
];

/** 4,097 holes: nothing may be forgotten, so the next one is not taken, and not acknowledged. */
function holes(): Misbehaviour {
  const count = 4_096;
  const numbers = Array.from(
    { length: count + 1 },
    (_, i) => `01 19 ${((i + 200) * 2).toString(16).padStart(4, '0')}`,
  );
  const answer = { ...closed('the last one is not acknowledged'), acked: ids(count), stored: count };
  const title = '4,097 holes in the sequence numbers';
  const messages = numbers.map((text) => ({ seq: text }));
  const all = series('holes', title, answer, messages);
  const steps = (self: Culprit): Step[] => {
    const publishes = all.steps(self);
    return [...publishes.slice(0, -1), 'acknowledged', ...publishes.slice(-1)];
  };
  return { ...all, steps };
}

function onStatus(): Misbehaviour {
  return {
    id: 'meaning-data-on-status',
    family: 'meaning',
    title: 'data on the status topic',
    begins: 'session',
    steps: (self) => [
      publish(topicFor(self.tenant, self.device, 'st'), data(self, { records: `07 ${RIGHT_RECORDS}` }), 1),
    ],
    answer: kept('schema', 'not retained'),
  };
}

function parked(): Answer {
  const note = 'kept until the model comes; the device is asked for it';
  return { ...ignored(note), acked: [1], quarantined: ['unknownModel'] };
}

function again(duplicates: number, note?: string): Answer {
  return { ...ignored(note), acked: ids(duplicates + 1), stored: 1, duplicates };
}

function modelMessage(modelHash: Uint8Array, model: Uint8Array): Uint8Array {
  return encodeMessage({ kind: Kind.model, modelHash, model });
}
