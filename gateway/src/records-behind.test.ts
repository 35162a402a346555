import { describe, expect, it } from 'vitest';
import { progressAt } from './domain/progress.ts';
import { recordsBehind } from './records-behind.ts';
import { manualTime } from './testing/manual-time.ts';

/** A store of which only the size is known: two records a row. */
function storeOf(rows: number) {
  const state = { rows, reads: [] as number[] };
  return {
    state,
    lastPosition: () => state.rows,
    recordsAfter(position: number, through = state.rows) {
      state.reads.push(through - position);
      return 2 * (through - position);
    },
  };
}

describe('records behind a sink', () => {
  it('are counted in portions, and from then on only what is new', async () => {
    const [store, time] = [storeOf(35_000), manualTime()];
    const behind = recordsBehind(store, time, progressAt(1_000));
    expect(behind.now()).toBeNull();
    await time.advance(1_000);
    expect(behind.now()).toBe(68_000);
    expect(Math.max(...store.state.reads)).toBe(10_000);
    store.state.rows += 50;
    behind.finished(400);
    expect(behind.now()).toBe(67_700);
    expect(store.state.reads.at(-1)).toBe(50);
  });

  it('are not those that are done with ahead of the cursor', async () => {
    const [store, time] = [storeOf(100), manualTime()];
    const behind = recordsBehind(store, time, { cursor: 10, done: [21, 30, 41, 100], begun: [11, 20] });
    behind.now();
    await time.advance(1_000);
    expect(behind.now()).toBe(40);
  });

  it('are all behind a position again when the sink is rewound', () => {
    const behind = recordsBehind(storeOf(100), manualTime(), progressAt(100));
    expect(behind.now()).toBe(0);
    behind.restart(90);
    expect(behind.now()).toBe(20);
  });

  it('are not told while the store cannot be read', async () => {
    const [store, time] = [storeOf(100), manualTime()];
    let broken = true;
    const recordsAfter = (position: number, through?: number) => {
      if (broken) throw new Error('disk I/O error');
      return store.recordsAfter(position, through);
    };
    const behind = recordsBehind({ ...store, recordsAfter }, time, progressAt(0));
    expect(behind.now()).toBeNull();
    broken = false;
    await time.advance(100);
    expect(behind.now()).toBe(200);
  });
});
