import { type Clock, Code, Kind, Label, limits } from '../wire/index.ts';
import { readArgument, readCount, readInt, readUint, refuse, refuseAt } from './decode-cursor.ts';
import { readRecords } from './decode-records.ts';
import type { DecodeState } from './decode-state.ts';

/** The labels of a data message besides its records. Reused. */
export interface Envelope {
  seq: number;
  boot: number | Uint8Array;
  epoch: number;
  clock: Clock | null;
  subject: number;
  ageMs: number;
  recordsAt: number;
  /** There are elective labels with more than an integer in them, which have not been read. */
  elective: boolean;
}

export function createEnvelope(): Envelope {
  return { seq: 0, boot: 0, epoch: 0, clock: null, subject: 0, ageMs: 0, recordsAt: 0, elective: false };
}

function readU32(s: DecodeState, what: string): number {
  const start = s.pos;
  const value = readUint(s, what);
  return value <= limits.maxU32 ? value : refuseAt(s, start, Code.schema, `${what} is beyond 32 bits`);
}

/** Moves past a key that must be next. */
function expect(s: DecodeState, key: number): void {
  if (s.pos < s.end && s.bytes[s.pos] === key) s.pos += 1;
  else refuse(s, Code.schema, `label ${key} is missing`);
}

/** Moves past an optional key if it is next. */
function found(s: DecodeState, key: number): boolean {
  if (s.pos >= s.end || s.bytes[s.pos] !== key) return false;
  s.pos += 1;
  return true;
}

const bootIdBytes = 8;

function readBoot(s: DecodeState): number | Uint8Array {
  if (s.pos < s.end && s.bytes[s.pos]! >> 5 !== 2) return readU32(s, 'the boot');
  const start = s.pos;
  if (readCount(s, 2, 'the boot') !== bootIdBytes)
    return refuseAt(s, start, Code.schema, 'a boot id has 8 bytes');
  s.pos += bootIdBytes;
  return s.bytes.subarray(s.pos - bootIdBytes, s.pos);
}

const hashBytes = 4;

function checkHash(s: DecodeState): void {
  const start = s.pos;
  if (readCount(s, 2, 'the model hash') !== hashBytes)
    refuseAt(s, start, Code.schema, 'a model hash has 4 bytes here');
  if (s.code !== 0) return;
  const hash = s.plan.table.hash;
  for (let i = 0; i < hashBytes; i++) {
    if (s.code === 0 && s.bytes[s.pos + i] !== hash[i])
      refuseAt(s, start, Code.unknownModel, 'the message is of another model');
  }
  if (s.code === 0) s.pos += hashBytes;
}

function readClock(s: DecodeState): Clock {
  const items = readArgument(s, 4, 'the clock');
  if (items !== 2 && items !== 3) refuse(s, Code.schema, 'a clock has 2 or 3 items');
  const clock: Clock = { unixMs: readUint(s, 'the clock'), quality: readUint(s, 'the quality of the clock') };
  if (clock.quality > 4) refuse(s, Code.schema, 'the quality of a clock is 0 to 4');
  if (items === 3) clock.boundMs = readUint(s, 'the bound of the clock');
  return clock;
}

function readSubject(s: DecodeState): number {
  const start = s.pos;
  const subject = readUint(s, 'the subject');
  if (subject > limits.maxSubject) refuseAt(s, start, Code.schema, `subject ${subject} is beyond 255`);
  if (subject > s.plan.table.subjects.length)
    refuseAt(s, start, Code.outOfRange, `subject ${subject} is not in the model`);
  return subject;
}

/** Labels 0 to 5. Deterministic order leaves one way to write them. */
function readHead(s: DecodeState, e: Envelope): void {
  expect(s, Label.kind);
  if (readUint(s, 'the kind') !== Kind.data) refuse(s, Code.schema, 'the message is no data message');
  expect(s, Label.seq);
  e.seq = readU32(s, 'the sequence number');
  expect(s, Label.boot);
  e.boot = readBoot(s);
  expect(s, Label.uptimeMs);
  s.baseMs = readUint(s, 'the uptime');
  expect(s, Label.modelHash);
  checkHash(s);
  expect(s, Label.epoch);
  e.epoch = readU32(s, 'the consent epoch');
}

/** Elective labels fall from -1. Small integers, which most are, are read here; the rest is left to the general decoder. */
function readElectives(s: DecodeState, e: Envelope, pairs: number): void {
  if (pairs < 0) refuse(s, Code.malformed, 'the message has more labels than it says');
  let before = 0;
  for (let i = 0; i < pairs && s.code === 0; i++) {
    const start = s.pos;
    const key = readInt(s, 'a label');
    if (key >= 0) refuseAt(s, start, Code.criticalLabel, `critical label ${key} is unknown to this kind`);
    if (key >= before) refuseAt(s, start, Code.notDeterministic, `label ${key} is out of order`);
    before = key;
    if (s.pos < s.end && s.bytes[s.pos]! >> 5 > 1) {
      e.elective = true;
      return;
    }
    readInt(s, 'an elective label');
  }
  if (s.code === 0 && s.pos !== s.end) refuse(s, Code.malformed, 'bytes follow the message');
}

/** A whole data message: what is not an optional label at its place is missing, elective, or unknown. */
export function readEnvelope(s: DecodeState, e: Envelope): void {
  if (s.end > limits.maxMessageBytes) refuse(s, Code.tooLarge, `${s.end} bytes in one message`);
  let pairs = readCount(s, 5, 'the message') - 7;
  if (pairs < 0) refuse(s, Code.schema, 'labels are missing');
  if (pairs > limits.maxMapPairs - 7) refuse(s, Code.malformed, 'a map has too many pairs');
  readHead(s, e);
  e.clock = null;
  e.subject = 0;
  e.ageMs = 0;
  e.elective = false;
  if (found(s, Label.clock)) {
    e.clock = readClock(s);
    pairs -= 1;
  }
  expect(s, Label.records);
  e.recordsAt = s.pos;
  readRecords(s);
  if (found(s, Label.subject)) {
    e.subject = readSubject(s);
    pairs -= 1;
  }
  if (found(s, Label.ageMs)) {
    e.ageMs = readUint(s, 'the age');
    pairs -= 1;
  }
  readElectives(s, e, pairs);
}
