import { Label, type LabelName } from './labels.ts';
import { limits } from './limits.ts';
import type { Message } from './registry.ts';
import { decodeTree, type Tree, type TreeMap, writeMap } from './tree.ts';
import { utf8Length } from './utf8.ts';
import { Writer } from './writer.ts';

/*
 * The codec of a device: messages it made itself are written without looking twice, the few kinds it acts on are read as strictly
 * as `decodeMessage` reads them, without a word about what is wrong. Tests hold it to the codec of the gateway, byte for byte.
 */

type Loose = { [name: string]: unknown };

function isInt(value: unknown, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max && value % 1 === 0;
}

function isU32(value: unknown): boolean {
  return isInt(value, limits.maxU32);
}

function isMs(value: unknown): boolean {
  return isInt(value, limits.maxInt);
}

/** Objects that travel as lists. */
const lists: { [name: string]: string[] } = {
  clock: ['unixMs', 'quality', 'boundMs'],
  hardware: ['hw', 'sw', 'reset'],
};

function listOf(value: Loose, names: string[]): Tree[] {
  const list: Tree[] = [];
  for (let i = 0; i < names.length; i++) {
    if (value[names[i]] !== undefined) list.push(value[names[i]] as Tree);
  }
  return list;
}

/**
 * A message's bytes. Bounds and lengths are not checked: the device holds them where values come in. A number that is no unsigned integer
 * is a bug and throws, as in `encodeMessage`.
 */
export function encodeDeviceMessage(message: Message): Uint8Array {
  const source = message as unknown as Loose;
  const map: TreeMap = {};
  const elective = message.elective || [];
  for (let i = 0; i < elective.length; i++) map[elective[i].label] = elective[i].item;
  const names = Object.keys(source);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const value = source[name];
    if (value === undefined || name === 'elective') continue;
    if (typeof value === 'number' && !isMs(value)) throw new Error(name + ' is ' + value);
    map[Label[name as LabelName]] = lists[name] ? listOf(value as Loose, lists[name]) : (value as Tree);
  }
  const out = new Writer(limits.maxMessageBytes);
  writeMap(out, map, Label.records);
  return out.finish();
}

type Check = (value: unknown, message: Loose) => boolean;

function bytesOf(min: number, max: number): Check {
  return function (value) {
    return value instanceof Uint8Array && value.length >= min && value.length <= max;
  };
}

const isBootId = /* @__PURE__ */ bytesOf(8, 8);

/** Ranges rise and stand apart, the first beyond `nextSeq`. */
function areRanges(value: unknown, message: Loose): boolean {
  const ranges = value as unknown[];
  let reach = message.nextSeq as number;
  if (!Array.isArray(value) || value.length < 1 || value.length > 64) return false;
  for (let i = 0; i < ranges.length; i++) {
    const range = ranges[i] as number[];
    if (!Array.isArray(range) || range.length !== 2 || !isU32(range[0]) || !isU32(range[1])) return false;
    if (range[0] <= reach || range[1] < range[0]) return false;
    reach = range[1] + 1;
  }
  return true;
}

function isValue(value: unknown): boolean {
  if (typeof value === 'string') return utf8Length(value) <= limits.maxValueBytes;
  if (value instanceof Uint8Array) return value.length <= limits.maxValueBytes;
  return typeof value === 'number' || typeof value === 'boolean';
}

function isChoice(value: unknown): boolean {
  return isInt(value, 2);
}

/** By number. Texts that look like one are no tree. */
function mapOf(least: number, isItem: (item: unknown) => boolean): Check {
  return function (value) {
    if (!value || typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array)
      return false;
    const keys = Object.keys(value as Loose);
    for (let i = 0; i < keys.length; i++) {
      if (!isU32(Number(keys[i])) || !isItem((value as Loose)[keys[i]])) return false;
    }
    return keys.length >= least;
  };
}

const isRight: { [name: string]: Check } = {
  boot: function (value, message) {
    return isU32(value) || isBootId(value, message);
  },
  seq: isU32,
  nextSeq: isU32,
  ranges: areRanges,
  code: function (value) {
    return isInt(value, 18) && value > 0;
  },
  retryAfterMs: isMs,
  detail: function (value) {
    return typeof value === 'string' && utf8Length(value) <= 64;
  },
  clock: function (value) {
    if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
    return isMs(value[0]) && isInt(value[1], 4) && (value.length < 3 || isMs(value[2]));
  },
  nonce: /* @__PURE__ */ bytesOf(8, 64),
  epoch: isU32,
  choices: /* @__PURE__ */ mapOf(0, isChoice),
  validUntilMs: isMs,
  recordHash: /* @__PURE__ */ bytesOf(16, 32),
  modelHash: /* @__PURE__ */ bytesOf(4, 32),
  subject: function (value) {
    return isInt(value, limits.maxSubject);
  },
  requestId: /* @__PURE__ */ bytesOf(16, 16),
  range: function (value) {
    return (
      Array.isArray(value) && value.length === 2 && isMs(value[0]) && isMs(value[1]) && value[0] <= value[1]
    );
  },
  count: isU32,
  state: /* @__PURE__ */ mapOf(1, isValue),
};

/** Labels by kind, those that may be absent with a ?. A kind that the device shall act on is one line here. */
const fieldsOf: { [kind: number]: string } = {
  4: 'boot nextSeq ranges?',
  5: 'seq? boot? code retryAfterMs? detail?',
  6: 'clock nonce?',
  7: 'epoch subject choices validUntilMs? recordHash?',
  12: 'modelHash',
  14: 'subject? requestId range?',
  19: 'state? requestId count',
};

function named(list: Tree[], names: string[]): Tree {
  const made: TreeMap = {};
  for (let i = 0; i < list.length; i++) made[names[i]] = list[i];
  return made;
}

/** A message of the gateway that a device acts on; null for every other, and for what is no message. Elective labels are passed over. */
export function decodeDeviceMessage(bytes: Uint8Array): Message | null {
  const tree = decodeTree(bytes) as TreeMap | null;
  if (tree === null || typeof tree !== 'object' || !isU32(tree[Label.kind])) return null;
  const fields = fieldsOf[tree[Label.kind] as number];
  if (fields === undefined) return null;
  const message: Loose = { kind: tree[Label.kind] };
  const words = fields.split(' ');
  let known = 1;
  for (let i = 0; i < words.length; i++) {
    const name = words[i].split('?')[0];
    const value = tree[Label[name as LabelName]];
    if (value === undefined && name !== words[i]) continue;
    if (!isRight[name](value, message)) return null;
    message[name] = lists[name] ? named(value as Tree[], lists[name]) : value;
    known++;
  }
  const keys = Object.keys(tree);
  for (let i = 0; i < keys.length; i++) {
    // Negative = elective: a receiver that does not know it loses nothing.
    if (Number(keys[i]) < 0) known++;
  }
  return known === keys.length ? (message as unknown as Message) : null;
}
