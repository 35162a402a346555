import { Label } from '@usewire/protocol/wire';
import { head, int, type Octets } from '../board/octets.ts';
import { type Cursor, type Item, readItem } from '../board/read-item.ts';

/** Count of an array or map whose head stands at the cursor. */
function readCount(cursor: Cursor): number {
  let count = cursor.input.charCodeAt(cursor.at++) & 31;
  if (count > 23) {
    let more = 1 << (count - 24);
    count = 0;
    while (more-- > 0) count = count * 256 + cursor.input.charCodeAt(cursor.at++);
  }
  return count;
}

/** Means of each `group` samples, as a series is encoded: the first absolute, the others differences (POU-REC-5). */
function means(samples: readonly number[], group: number): { body: Octets; count: number } {
  let body = '';
  let count = 0;
  let value = 0;
  let last = 0;
  for (let i = 0; i < samples.length; ) {
    let sum = 0;
    let n = 0;
    for (; n < group && i < samples.length; n++, i++) {
      value += samples[i];
      sum += value;
    }
    const mean = Math.round(sum / n);
    body += int(mean - last);
    last = mean;
    count++;
  }
  return { body: body, count: count };
}

interface Thinning {
  toMs: number;
  periodOf: (point: number) => number;
  lost: number;
}

/** An entry as it is, or a series of which only means are left. Rows have no array in third place, series have. */
function thinEntry(cursor: Cursor, thinning: Thinning): Octets {
  const from = cursor.at;
  const entry = readItem(cursor, 0) as Item[];
  const samples = entry[2] as number[];
  const whole = cursor.input.substr(from, cursor.at - from);
  if (typeof samples !== 'object' || !samples.length) return whole;
  const periodMs = entry[3] === undefined ? thinning.periodOf(entry[0] as number) : (entry[3] as number);
  const group = Math.floor(thinning.toMs / periodMs);
  if (group < 2) return whole;
  const made = means(samples, group);
  thinning.lost += samples.length - made.count;
  return (
    head(128, 4) +
    int(entry[0] as number) +
    int(entry[1] as number) +
    head(128, made.count) +
    made.body +
    int(group * periodMs)
  );
}

function thinEntries(cursor: Cursor, thinning: Thinning): Octets {
  let count = readCount(cursor);
  let body = '';
  for (let i = count; i > 0; i--) body += thinEntry(cursor, thinning);
  if (thinning.lost) {
    // Evicted, cause 0: the samples that the means stand for (POU-GAP-1).
    body += head(128, 4) + int(0) + int(0) + int(thinning.lost) + head(160, 1) + int(0) + int(0);
    count++;
  }
  return head(128, count) + body;
}

/**
 * A data message whose series are told as means of `toMs`, and in which the samples that are gone are told as lost, so that it is worth what it was.
 * It keeps its number: whether a gateway takes this one or has the finer one already, its records add up. null: nothing in it is finer.
 * `periodOf` gives the model's period of a point in ms.
 */
export function thin(body: Octets, toMs: number, periodOf: (point: number) => number): Octets | null {
  const cursor = { input: body, at: 0 };
  const thinning = { toMs: toMs, periodOf: periodOf, lost: 0 };
  let pairs = readCount(cursor);
  let made = body.substr(0, cursor.at);
  while (pairs-- > 0 && cursor.at < body.length) {
    const from = cursor.at;
    const label = readItem(cursor, 0);
    if (label === Label.records) made += head(0, label) + thinEntries(cursor, thinning);
    else {
      readItem(cursor, 0);
      made += body.substr(from, cursor.at - from);
    }
  }
  return cursor.at === body.length && thinning.lost ? made : null;
}
