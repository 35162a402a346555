import type { Octets } from './octets.ts';

/** A decoded item: texts and byte strings are octets; bools and null are their numbers 20 to 22, which no message to a device carries. */
export type Item = number | Octets | Item[] | { [label: string]: Item };

/** Where a reader is. `at` is NaN from the first fault on: then nothing more is read, and the end is not where it must be. */
export interface Cursor {
  input: Octets;
  at: number;
}

/** Containers within each other; no message to a device has more than 3 (POU-CBOR-5 allows 8). */
const maxDepth = 4;

/**
 * The item at the cursor. It is whole when the cursor ends within the input. Work and memory are bounded by the length of the input. Gateways
 * are strict (SPEC.md, Strictness); a board takes longer forms too, to save code.
 */
export function readItem(cursor: Cursor, depth: number): Item {
  const input = cursor.input;
  const first = input.charCodeAt(cursor.at++);
  const major = first >> 5;
  let n = first & 31;
  if (n > 27 || depth > maxDepth) cursor.at = NaN;
  else if (n > 23) {
    let more = 1 << (n - 24);
    n = 0;
    while (more-- > 0) n = n * 256 + input.charCodeAt(cursor.at++);
  }
  if (major < 2 || major > 5) return major === 1 ? -1 - n : n;
  if (major < 4) {
    cursor.at += n;
    return input.substr(cursor.at - n, n);
  }
  const list: Item[] = [];
  const map: { [label: string]: Item } = {};
  while (n-- > 0 && cursor.at < input.length) {
    const entry = readItem(cursor, depth + 1);
    if (major === 4) list.push(entry);
    else map[entry as string] = readItem(cursor, depth + 1);
  }
  if (n !== -1) cursor.at = NaN;
  return major === 4 ? list : map;
}
