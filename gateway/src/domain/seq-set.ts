/** A set of sequence numbers as ascending closed ranges, flat: first, last, first, last, ... */
export interface SeqSet {
  has(seq: number): boolean;
  /** False when it was in the set already. */
  add(seq: number): boolean;
  /** Adds first..last, both included. */
  addRange(first: number, last: number): void;
  /** Ranges that are missing from 0 up to (not including) `end`. */
  missing(end: number): { first: number; last: number }[];
  ranges(): number[];
  rangeCount(): number;
  /** Highest number in the set; -1 when empty. */
  highest(): number;
}

/** In order costs nothing; out of order costs a binary search over the holes. */
export function seqSet(initial: readonly number[] = []): SeqSet {
  const flat = initial.slice();

  /** Index of the first range whose last number is not below `seq`. */
  function find(seq: number): number {
    let low = 0;
    let high = flat.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (flat[middle * 2 + 1]! < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function has(seq: number): boolean {
    if (flat.length === 0 || seq > flat[flat.length - 1]!) return false;
    return flat[find(seq) * 2]! <= seq;
  }

  function add(seq: number): boolean {
    const end = flat.length;
    if (end > 0 && seq === flat[end - 1]! + 1) {
      flat[end - 1] = seq;
      return true;
    }
    if (end === 0 || seq > flat[end - 1]!) {
      flat.push(seq, seq);
      return true;
    }
    return insert(seq);
  }

  function insert(seq: number): boolean {
    const at = find(seq) * 2;
    if (flat[at]! <= seq) return false;
    const joinsNext = flat[at] === seq + 1;
    const joinsBefore = at > 0 && flat[at - 1] === seq - 1;
    if (joinsNext && joinsBefore) flat.splice(at - 1, 2);
    else if (joinsNext) flat[at] = seq;
    else if (joinsBefore) flat[at - 1] = seq;
    else flat.splice(at, 0, seq, seq);
    return true;
  }

  function addRange(first: number, last: number): void {
    const end = flat.length;
    if (end > 0 && first <= flat[end - 1]!) {
      for (let seq = first; seq <= last; seq += 1) add(seq);
    } else {
      add(first);
      flat[flat.length - 1] = last;
    }
  }

  function missing(end: number): { first: number; last: number }[] {
    const holes: { first: number; last: number }[] = [];
    let next = 0;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i]! > next) holes.push({ first: next, last: flat[i]! - 1 });
      next = flat[i + 1]! + 1;
    }
    if (next < end) holes.push({ first: next, last: end - 1 });
    return holes;
  }

  return {
    has,
    add,
    addRange,
    missing,
    ranges: () => flat.slice(),
    rangeCount: () => flat.length / 2,
    highest: () => (flat.length === 0 ? -1 : flat[flat.length - 1]!),
  };
}
