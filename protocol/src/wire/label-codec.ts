import { maxInt, maxMessageBytes, maxU32 } from './limits.ts';
import { decodeTree, type Tree, type TreeMap, writeMap } from './tree.ts';
import { utf8Length } from './utf8.ts';
import { Writer } from './writer.ts';

/*
 * The codec of a device: messages are maps by label number (SPEC.md section 2), so that no table of names is carried. What it made itself is
 * written without looking twice, the few kinds it acts on are read as strictly as `decodeMessage` reads them, without a word about
 * what is wrong. Tests hold it to the codec of the gateway, byte for byte.
 */

const recordsLabel = 7;

/**
 * The bytes of a message by label: `{ 0: kind, 1: seq, ... }`. Label 7 and negative labels hold encoded items, a label that is `undefined` is
 * left out. Bounds and lengths are not checked: the device holds them where values come in. A number that is no unsigned integer is a
 * bug and throws, as in `encodeMessage`.
 */
export function encodeLabels(map: TreeMap): Uint8Array {
  const out = new Writer(maxMessageBytes);
  writeMap(out, map, recordsLabel);
  return out.finish();
}

const isUint = (value: Tree, max: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= max && value % 1 === 0;

const isU32 = (value: Tree): boolean => isUint(value, maxU32);
const isMs = (value: Tree): boolean => isUint(value, maxInt);

const isBytes = (value: Tree, min: number, max: number): boolean =>
  value instanceof Uint8Array && value.length >= min && value.length <= max;

const isList = (value: Tree, min: number, max: number): value is Tree[] =>
  Array.isArray(value) && value.length >= min && value.length <= max;

/** Ranges rise and stand apart, the first beyond `nextSeq` (label 16). */
function areRanges(value: Tree, map: TreeMap): boolean {
  let reach = map[16] as number;
  const isNext = (range: Tree): boolean => {
    if (!isList(range, 2, 2) || !range.every(isU32)) return false;
    const first = range[0] as number;
    const last = range[1] as number;
    const isApart = first > reach && last >= first;
    reach = last + 1;
    return isApart;
  };
  return isList(value, 1, 64) && value.every(isNext);
}

const isValue = (value: Tree): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && utf8Length(value) <= 128) ||
  isBytes(value, 0, 128);

/** By number. Texts that look like one are no tree. */
const isMap = (value: Tree, min: number, isItem: (item: Tree) => boolean): boolean => {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array)
    return false;
  const keys = Object.keys(value);
  return keys.length >= min && keys.every((key) => isU32(Number(key)) && isItem(value[key]));
};

/** What may stand at a label. */
const isRight: { [label: number]: (value: Tree, map: TreeMap) => boolean } = {
  1: isU32,
  2: (boot) => isU32(boot) || isBytes(boot, 8, 8),
  4: (hash) => isBytes(hash, 4, 32),
  5: isU32,
  6: (clock) =>
    isList(clock, 2, 3) && isMs(clock[0]) && isUint(clock[1], 4) && (clock.length < 3 || isMs(clock[2])),
  8: (subject) => isUint(subject, 255),
  12: (nonce) => isBytes(nonce, 8, 64),
  13: (state) => isMap(state, 1, isValue),
  15: (choices) => isMap(choices, 0, (choice) => isUint(choice, 2)),
  16: isU32,
  17: areRanges,
  18: (code) => isUint(code, 18) && code > 0,
  19: isMs,
  20: (detail) => typeof detail === 'string' && utf8Length(detail) <= 64,
  21: isMs,
  22: (hash) => isBytes(hash, 16, 32),
  26: (id) => isBytes(id, 16, 16),
  27: (range) => isList(range, 2, 2) && range.every(isMs) && (range[0] as number) <= (range[1] as number),
  28: isU32,
};

/** Labels by kind, below 0 those that may be absent: ack, nack, time, consent, model-req, erase, erase-receipt. A kind that the device shall act on is one line here. */
const labelsOf: { [kind: number]: number[] } = {
  4: [2, 16, -17],
  5: [-1, -2, 18, -19, -20],
  6: [6, -12],
  7: [5, 8, 15, -21, -22],
  12: [4],
  14: [-8, 26, -27],
  19: [-13, 26, 28],
};

/**
 * A message of the gateway that a device acts on, by label: `{ 0: kind, ... }`; null for every other, and for what is no message. The clock
 * is `[unixMs, quality, boundMs?]`, ranges are pairs. Elective labels are passed over: their encoded items are in the map.
 */
export function decodeLabels(bytes: Uint8Array): TreeMap | null {
  const map = decodeTree(bytes) as TreeMap | null;
  const labels = map !== null && isUint(map[0], 19) ? labelsOf[map[0]] : undefined;
  if (map === null || labels === undefined) return null;
  let known = 1;
  const isSound = labels.every((label) => {
    const value = map[Math.abs(label)];
    if (value === undefined) return label < 0;
    known++;
    return isRight[Math.abs(label)](value, map);
  });
  // Negative = elective: a receiver that does not know it loses nothing. A label that is there as null counts, so it is refused.
  return isSound && Object.keys(map).filter((key) => !(Number(key) < 0)).length === known ? map : null;
}
