import type { SinkProgress } from './ports.ts';

/** Positions from `first` to `last`, both included. */
export interface Range {
  first: number;
  last: number;
}

/*
 * How far a sink is, when batches may end in another order than they began in: a low-water cursor, ranges behind it that are done with, and
 * ranges that may have been sent. Functions of values: what is durable is always one whole progress.
 */

export function progressAt(cursor: number): SinkProgress {
  return { cursor, done: [], begun: [] };
}

/** From now on this range may have been sent: it is sent again as it is until it is done with or split. */
export function begin(progress: SinkProgress, range: Range): SinkProgress {
  return { ...progress, begun: flat(sorted([...ranges(progress.begun), range])) };
}

/** Done with, whether it was begun or not. The cursor goes on over everything that is done with now. */
export function finish({ cursor, done, begun }: SinkProgress, range: Range): SinkProgress {
  const [lowest, ...rest] = merged([{ first: 0, last: cursor }, ...ranges(done), range]);
  return { cursor: lowest!.last, done: flat(rest), begun: flat(withoutRange(ranges(begun), range)) };
}

/** A begun range that was refused as a whole becomes two; the second begins at `middle`. */
export function split(progress: SinkProgress, range: Range, middle: number): SinkProgress {
  const halves = [
    { first: range.first, last: middle - 1 },
    { first: middle, last: range.last },
  ];
  const others = withoutRange(ranges(progress.begun), range);
  return { ...progress, begun: flat(sorted([...others, ...halves])) };
}

export function isDone({ cursor, done }: Pick<SinkProgress, 'cursor' | 'done'>, position: number): boolean {
  return position <= cursor || ranges(done).some(({ first, last }) => first <= position && position <= last);
}

/** The highest position that is done with or begun. */
export function headOf({ cursor, done, begun }: SinkProgress): number {
  return Math.max(cursor, done.at(-1) ?? 0, begun.at(-1) ?? 0);
}

/** The ranges up to `end` that are neither done with nor begun, oldest first. */
export function holesUpTo({ cursor, done, begun }: SinkProgress, end: number): Range[] {
  const taken = sorted([...ranges(done), ...ranges(begun)]);
  const holes: Range[] = [];
  let next = cursor + 1;
  for (const { first, last } of [...taken, { first: end + 1, last: end }]) {
    const until = Math.min(first - 1, end);
    if (next <= until) holes.push({ first: next, last: until });
    next = Math.max(next, last + 1);
  }
  return holes;
}

export function begunRanges(progress: SinkProgress): Range[] {
  return ranges(progress.begun);
}

export function doneRanges(progress: SinkProgress): Range[] {
  return ranges(progress.done);
}

function ranges(numbers: readonly number[]): Range[] {
  const found: Range[] = [];
  for (let i = 0; i < numbers.length; i += 2) found.push({ first: numbers[i]!, last: numbers[i + 1]! });
  return found;
}

function flat(list: readonly Range[]): number[] {
  return list.flatMap(({ first, last }) => [first, last]);
}

function sorted(list: Range[]): Range[] {
  return list.sort((a, b) => a.first - b.first);
}

function withoutRange(list: readonly Range[], { first, last }: Range): Range[] {
  return list.filter((one) => one.first !== first || one.last !== last);
}

function merged(list: Range[]): Range[] {
  const joined: Range[] = [];
  for (const { first, last } of sorted(list)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else joined.push({ first, last });
  }
  return joined;
}
