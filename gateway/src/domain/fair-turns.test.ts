import { describe, expect, it } from 'vitest';
import { afterTurn, type Lane, nextLane } from './fair-turns.ts';

/** The lanes of so many batches, one after the other, while both wait. */
function lanes(batches: number, percent: number): Lane[] {
  let turns = 0;
  return Array.from({ length: batches }, () => {
    const lane = nextLane(turns, { live: true, backlog: true, backlogUnderWay: 0, limit: 1 }, percent)!;
    turns = afterTurn(turns, lane, percent);
    return lane;
  });
}

describe('turns of new records and backlog', () => {
  it.each([1, 10, 25, 50, 75, 99])(
    'gives a backlog %i percent of the batches, new records first',
    (percent) => {
      const given = lanes(10_000, percent);
      const share = given.filter((lane) => lane === 'backlog').length / 100;
      expect(given[0]).toBe('live');
      expect(Math.abs(share - percent)).toBeLessThan(1);
    },
  );

  it('does not let a backlog that begins late come in a rush', () => {
    let turns = 0;
    for (let i = 0; i < 1_000; i++) turns = afterTurn(turns, 'live', 25);
    expect(turns).toBeLessThanOrEqual(1);
  });

  it.each([
    ['takes what there is while nothing new waits', { live: false, backlogUnderWay: 0, limit: 1 }, 'backlog'],
    ['leaves a place for what comes next', { live: false, backlogUnderWay: 3, limit: 4 }, null],
    ['takes no more than its share of places', { live: true, backlogUnderWay: 2, limit: 8 }, 'live'],
    ['has one place at least', { live: true, backlogUnderWay: 0, limit: 2 }, 'backlog'],
  ])('a backlog %s', (_what, waiting, lane) => {
    expect(nextLane(1, { backlog: true, ...waiting }, 25)).toBe(lane);
  });

  it('has none when nothing waits', () => {
    expect(nextLane(9, { live: false, backlog: false, backlogUnderWay: 0, limit: 4 }, 25)).toBeNull();
  });
});
