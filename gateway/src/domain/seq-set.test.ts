import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seqSet } from './seq-set.ts';

describe('seqSet', () => {
  it('holds what came in order as one range', () => {
    const set = seqSet();
    for (let seq = 0; seq < 100; seq += 1) expect(set.add(seq)).toBe(true);
    expect(set.ranges()).toEqual([0, 99]);
    expect(set.add(50)).toBe(false);
  });

  it('closes holes from every side', () => {
    const set = seqSet();
    for (const seq of [5, 1, 9, 3, 2, 4]) expect(set.add(seq)).toBe(true);
    expect(set.ranges()).toEqual([1, 5, 9, 9]);
    expect(set.missing(12)).toEqual([
      { first: 0, last: 0 },
      { first: 6, last: 8 },
      { first: 10, last: 11 },
    ]);
    expect([set.has(0), set.has(3), set.has(6), set.has(9), set.has(10)]).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('says that nothing is missing before the first number is expected', () => {
    expect(seqSet().missing(0)).toEqual([]);
    expect(seqSet().highest()).toBe(-1);
  });

  it('takes whole ranges, behind and within what it has', () => {
    const set = seqSet();
    set.addRange(5, 9);
    set.addRange(10, 12);
    set.addRange(20, 22);
    set.addRange(3, 6);
    set.addRange(13, 19);
    expect(set.ranges()).toEqual([3, 22]);
  });

  it('agrees with a plain set, whatever is added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 80 }), (seqs) => {
        const set = seqSet();
        const model = new Set<number>();
        for (const seq of seqs) {
          expect(set.add(seq)).toBe(!model.has(seq));
          model.add(seq);
        }
        for (let seq = 0; seq <= 31; seq += 1) expect(set.has(seq)).toBe(model.has(seq));
        const flat = set.ranges();
        const members: number[] = [];
        for (let i = 0; i < flat.length; i += 2)
          for (let n = flat[i]!; n <= flat[i + 1]!; n += 1) members.push(n);
        expect(members).toEqual([...model].sort((a, b) => a - b));
        // Ranges never touch: otherwise they would be one.
        for (let i = 2; i < flat.length; i += 2) expect(flat[i]!).toBeGreaterThan(flat[i - 1]! + 1);
        const holes = set
          .missing(31)
          .flatMap(({ first, last }) => [...Array(last - first + 1).keys()].map((n) => n + first));
        expect(holes).toEqual([...Array(31).keys()].filter((n) => !model.has(n)));
      }),
    );
  });
});
