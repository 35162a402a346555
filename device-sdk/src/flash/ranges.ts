/**
 * Ids as closed ranges, flat and rising: [from, to, from, to, ...]. What is settled is nearly one range, so this stays a few numbers however
 * long a board lives.
 */
export function isIn(ranges: readonly number[], id: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (id >= ranges[i] && id <= ranges[i + 1]) return true;
  }
  return false;
}

/** Puts in every id of a range. */
export function add(ranges: number[], from: number, to: number): void {
  let first = 0;
  // Ranges that end before it, with at least one id between.
  while (first < ranges.length && ranges[first + 1] < from - 1) first += 2;
  let after = first;
  let low = from;
  let high = to;
  for (; after < ranges.length && ranges[after] <= to + 1; after += 2) {
    low = Math.min(low, ranges[after]);
    high = Math.max(high, ranges[after + 1]);
  }
  ranges.splice(first, after - first, low, high);
}

/** Whether some id from `from` to `to` is in them. */
export function touches(ranges: readonly number[], from: number, to: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i] <= to && ranges[i + 1] >= from) return true;
  }
  return false;
}
