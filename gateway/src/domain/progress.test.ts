import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SinkProgress } from './ports.ts';
import {
  begin,
  begunRanges,
  finish,
  headOf,
  holesUpTo,
  isDone,
  progressAt,
  type Range,
  split,
} from './progress.ts';

const at = (cursor: number, done: number[] = [], begun: number[] = []): SinkProgress => ({
  cursor,
  done,
  begun,
});
const range = (first: number, last: number): Range => ({ first, last });

describe('progress of a sink', () => {
  it.each<[string, SinkProgress, SinkProgress]>([
    ['moves the cursor when the next range is done', finish(at(4, [], [5, 8]), range(5, 8)), at(8)],
    [
      'keeps what is done ahead of it',
      finish(at(4, [], [5, 8, 9, 12]), range(9, 12)),
      at(4, [9, 12], [5, 8]),
    ],
    ['goes on over what was done ahead', finish(at(4, [9, 12], [5, 8]), range(5, 8)), at(12)],
    ['joins neighbours', finish(at(0, [3, 4, 7, 8]), range(5, 6)), at(0, [3, 8])],
    ['keeps begun ranges in order', begin(at(0, [], [5, 8]), range(1, 4)), at(0, [], [1, 4, 5, 8])],
    [
      'makes two of a refused range',
      split(at(0, [], [1, 4, 5, 8]), range(1, 4), 3),
      at(0, [], [1, 2, 3, 4, 5, 8]),
    ],
  ])('%s', (_what, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('knows what is left between and before', () => {
    expect(holesUpTo(at(2, [5, 6], [9, 9]), 12)).toEqual([range(3, 4), range(7, 8), range(10, 12)]);
    expect(holesUpTo(at(2, [5, 6]), 6)).toEqual([range(3, 4)]);
    expect(holesUpTo(at(6), 6)).toEqual([]);
  });

  it('says of each position what is known of it, in whatever order ranges end', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
    const order = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(cuts, order, (sizes, picks) => {
        let first = 1;
        const open = sizes.map((size) => {
          const made = range(first, first + size - 1);
          first += size;
          return made;
        });
        const head = first - 1;
        let progress = open.reduce(begin, progressAt(0));
        expect(headOf(progress)).toBe(head);
        const done = new Set<number>();
        while (open.length > 0) {
          const [ended] = open.splice(picks.next().value! % open.length, 1);
          progress = finish(progress, ended!);
          for (let p = ended!.first; p <= ended!.last; p++) done.add(p);
          for (let p = 1; p <= head; p++) expect(isDone(progress, p)).toBe(done.has(p));
          expect(begunRanges(progress)).toEqual(open);
          expect(holesUpTo(progress, head)).toEqual([]);
        }
        expect(progress).toEqual(progressAt(head));
      }),
    );
  });
});
