import { describe, expect, it } from 'vitest';
import { createLosses, evicted, invalid } from './losses.ts';

const amounts = (losses: ReturnType<typeof createLosses>) =>
  losses.debts.map((debt) => [debt.id, debt.cause, debt.count, debt.seq]);

describe('losses', () => {
  it('of one cause are one debt until it is on the disk', () => {
    const losses = createLosses(() => true);
    losses.owe(invalid, 2, -1);
    losses.owe(evicted, 5, 7);
    losses.owe(invalid, 1, 3);
    losses.owe(invalid, 0, -1);
    expect(amounts(losses)).toEqual([
      [1, invalid, 3, 3],
      [2, evicted, 5, 7],
    ]);
    losses.writtenId = losses.lastId;
    losses.owe(invalid, 1, -1);
    expect(amounts(losses)).toHaveLength(3);
    expect(losses.counts).toEqual([5, 4, 0, 0, 0, 0]);
  });

  it('are owed until a message tells them, and stay small however long that takes', () => {
    const losses = createLosses(() => true);
    for (let i = 0; i < 100; i++) {
      losses.owe(i % 2 === 0 ? invalid : evicted, 1, -1);
      losses.writtenId = losses.lastId;
    }
    losses.merge();
    expect(amounts(losses)).toEqual([
      [101, invalid, 50, -1],
      [102, evicted, 50, -1],
    ]);
    losses.told(101, 1);
    expect(amounts(losses)).toEqual([[102, evicted, 50, -1]]);
    expect(losses.counts.slice(0, 2)).toEqual([50, 50]);
  });

  it('that a message tells are kept until it is durable', () => {
    let durable = 0;
    const losses = createLosses((stamp) => stamp <= durable);
    losses.owe(invalid, 1, -1);
    losses.told(1, 5);
    losses.owe(evicted, 2, -1);
    expect(losses.kept()).toMatchObject({ toldId: 0, debts: [{ id: 1 }, { id: 2 }] });
    durable = 5;
    expect(losses.kept()).toMatchObject({ toldId: 1, debts: [{ id: 2 }] });
  });
});
