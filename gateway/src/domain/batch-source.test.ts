import { describe, expect, it } from 'vitest';
import { testSpool } from '../testing/test-spool.ts';
import { createBatchSource, inOrder, type OrderOptions } from './batch-source.ts';

const limits = { maxRecords: 4, maxBytes: 100_000, maxAgeMs: 1_000 };
const soon = { nowMs: 0, now: true, limit: 1 };
const newFirst: OrderOptions = { order: 'any', backlogAfterMs: 10_000, backlogPercent: 25 };

type Source = ReturnType<typeof createBatchSource>;

function ends(source: Source, when = soon) {
  const next = source.next(limits, when);
  return next.kind === 'batch' ? [next.batch.first, next.batch.last] : next.kind;
}

const range = (first: number, last: number) => ({ first, last });

describe('batch source', () => {
  it('cuts batches one after the other, whether those before are done or not', async () => {
    const spool = testSpool();
    await spool.add(6);
    const source = createBatchSource(spool, 'out');
    expect([ends(source), ends(source), ends(source)]).toEqual([[1, 4], [5, 6], 'empty']);
    source.finish(range(5, 6));
    expect(spool.progress('out')).toEqual({ cursor: 0, done: [5, 6], begun: [1, 4] });
    source.finish(range(1, 4));
    expect(spool.progress('out')).toEqual({ cursor: 6, done: [], begun: [] });
  });

  it('cuts batches that were begun before a restart the same way, though more rows came', async () => {
    const spool = testSpool();
    await spool.add(2);
    const before = createBatchSource(spool, 'out');
    ends(before);
    before.begin();
    await spool.add(5);
    const after = createBatchSource(spool, 'out');
    expect(after.begun()).toEqual([range(1, 2)]);
    expect(after.again(range(1, 2)).messages.map((message) => message.position)).toEqual([1, 2]);
    expect(ends(after)).toEqual([3, 6]);
  });

  it('forgets at a restart what was cut and not begun: it was never sent', async () => {
    const spool = testSpool();
    await spool.add(2);
    ends(createBatchSource(spool, 'out'));
    await spool.add(5);
    expect(ends(createBatchSource(spool, 'out'))).toEqual([1, 4]);
  });

  it('leaves the cursors of other sinks alone', async () => {
    const spool = testSpool();
    await spool.add(3);
    createBatchSource(spool, 'one').finish(range(1, 3));
    expect(ends(createBatchSource(spool, 'two'))).toEqual([1, 3]);
  });

  it('waits for a batch to fill unless told not to', async () => {
    const spool = testSpool();
    await spool.add(2, { receivedAtMs: 5_000 });
    const source = createBatchSource(spool, 'out');
    expect(source.next(limits, { nowMs: 5_400, now: false, limit: 1 })).toEqual({ kind: 'wait', ms: 600 });
  });

  it('begins again behind a position that everything is to be sent from', async () => {
    const spool = testSpool();
    await spool.add(6);
    const source = createBatchSource(spool, 'out');
    ends(source);
    source.finish(range(1, 4));
    source.rewind(2);
    expect(spool.progress('out')).toEqual({ cursor: 2, done: [], begun: [] });
    expect(ends(source)).toEqual([3, 6]);
  });
});

describe('a backlog', () => {
  const laterMs = 60_000;
  const later = { nowMs: laterMs, now: true, limit: 1 };

  async function afterOutage(options = newFirst) {
    const spool = testSpool();
    await spool.add(20, { receivedAtMs: 0 });
    const source = createBatchSource(spool, 'out', options);
    const add = (count: number) => spool.add(count, { receivedAtMs: laterMs });
    return { spool, source, add };
  }

  it('is leapt over: what comes from now on goes first, the backlog beside it, oldest first', async () => {
    const { source, add } = await afterOutage();
    expect(ends(source, later)).toEqual([1, 4]);
    source.finish(range(1, 4));
    await add(20);
    const firsts = Array.from({ length: 5 }, () => {
      const next = source.next(limits, later);
      if (next.kind !== 'batch') throw new Error(next.kind);
      source.finish(next.batch);
      return `${next.batch.lane} ${next.batch.first}`;
    });
    expect(firsts).toEqual(['live 21', 'live 25', 'live 29', 'backlog 5', 'live 33']);
  });

  it('is what it was after a restart', async () => {
    const { spool, source, add } = await afterOutage();
    ends(source, later);
    await add(4);
    expect(ends(source, later)).toEqual([21, 24]);
    source.finish(range(21, 24));
    const after = createBatchSource(spool, 'out', newFirst);
    expect(after.begun()).toEqual([range(1, 4)]);
    expect(ends(after, later)).toEqual([5, 8]);
  });

  it('is all there is in the end', async () => {
    const { spool, source, add } = await afterOutage();
    await add(3);
    for (let next = source.next(limits, later); next.kind === 'batch'; next = source.next(limits, later))
      source.finish(next.batch);
    expect(spool.progress('out')).toEqual({ cursor: 23, done: [], begun: [] });
  });

  it('is not there for a sink whose order is kept: oldest first, always', async () => {
    const { source, add } = await afterOutage(inOrder);
    await add(4);
    expect([ends(source, later), ends(source, later)]).toEqual([
      [1, 4],
      [5, 8],
    ]);
  });

  it('goes first once the order is to be kept from now on', async () => {
    const { spool, source, add } = await afterOutage();
    ends(source, later);
    source.finish(range(1, 4));
    await add(4);
    ends(source, later);
    source.finish(range(21, 24));
    await add(4);
    const kept = createBatchSource(spool, 'out', inOrder);
    const order = [1, 2, 3, 4, 5].map(() => {
      const found = ends(kept, later) as [number, number];
      kept.finish(range(...found));
      return found[0];
    });
    expect(order).toEqual([5, 9, 13, 17, 25]);
  });

  it('is not cut into ever more pieces by a sink that never catches up', async () => {
    const spool = testSpool();
    const source = createBatchSource(spool, 'out', newFirst);
    let nowMs = 0;
    for (let round = 0; round < 200; round++) {
      await spool.add(20, { receivedAtMs: nowMs });
      nowMs += 20_000;
      const next = source.next(limits, { nowMs, now: true, limit: 1 });
      if (next.kind === 'batch') source.finish(next.batch);
      await spool.add(4, { receivedAtMs: nowMs });
      const live = source.next(limits, { nowMs, now: true, limit: 1 });
      if (live.kind === 'batch') source.finish(live.batch);
    }
    expect(spool.progress('out').done.length / 2).toBeLessThanOrEqual(65);
  });
});
