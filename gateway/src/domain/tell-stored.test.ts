import { expect, it } from 'vitest';
import { seqSet } from './seq-set.ts';
import { ackOf } from './tell-stored.ts';

const boot = (ranges: number[]) => ({ name: '7', counter: 7, stored: seqSet(ranges) });

it.each([
  [[], 0, undefined],
  [[0, 4], 5, undefined],
  [
    [0, 4, 6, 6, 9, 12],
    5,
    [
      [6, 6],
      [9, 12],
    ],
  ],
  [[3, 5], 0, [[3, 5]]],
])('tells what is stored of a boot: %j', (ranges, nextSeq, more) => {
  expect(ackOf(boot(ranges))).toEqual({
    boot: 7,
    kind: 4,
    nextSeq,
    ...(more === undefined ? {} : { ranges: more }),
  });
});

it('tells no more ranges than a message may have, the lowest first', () => {
  const holes = Array.from({ length: 100 }, (_, i) => [2 * i, 2 * i]).flat();
  const { nextSeq, ranges } = ackOf(boot(holes));
  expect([nextSeq, ranges?.length, ranges?.[0], ranges?.[63]]).toEqual([1, 64, [2, 2], [128, 128]]);
});

it('names a random boot by its bytes', () => {
  const { boot: id } = ackOf({ name: '0102030405060708', counter: -1, stored: seqSet([]) });
  expect(id).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
});
