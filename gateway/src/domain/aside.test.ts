import { describe, expect, it } from 'vitest';
import { asideIndex, withoutSeqs } from './aside.ts';

describe('what is missing', () => {
  it.each<[string, number[], [number, number][]]>([
    ['nothing of it', [], [[3, 7]]],
    ['its beginning', [3, 4], [[5, 7]]],
    ['its end', [7], [[3, 6]]],
    [
      'its middle, and numbers outside, in any order and twice',
      [9, 5, 1, 5],
      [
        [3, 4],
        [6, 7],
      ],
    ],
    ['all of it', [7, 6, 5, 4, 3], []],
  ])('is what neither came nor stands in quarantine: %s', (_what, aside, left) => {
    const ranges = left.map(([first, last]) => ({ first, last }));
    expect(withoutSeqs([{ first: 3, last: 7 }], aside)).toEqual(ranges);
  });

  it('is of its own device and boot', () => {
    const of = asideIndex([
      { tenant: 'a', device: 'x', boot: '1', seq: 4 },
      { tenant: 'a', device: 'x', boot: '2', seq: 5 },
      { tenant: 'a', device: 'x', boot: '1', seq: 6 },
    ]);
    expect(of({ tenant: 'a', device: 'x', boot: '1' })).toEqual([4, 6]);
    expect(of({ tenant: 'b', device: 'x', boot: '1' })).toEqual([]);
  });
});
