import { describe, expect, it } from 'vitest';
import { testSpool } from '../testing/test-spool.ts';
import { createBatchSource } from './batch-source.ts';

const limits = { maxRecords: 4, maxBytes: 100_000, maxAgeMs: 1_000, maxMessages: null };
const soon = { nowMs: 0, now: true };

function ends(source: ReturnType<typeof createBatchSource>) {
  const next = source.next(limits, soon);
  return next.kind === 'batch' ? [next.batch.first, next.batch.last] : next.kind;
}

describe('batch source', () => {
  it('cuts batches one after the other as the cursor moves', async () => {
    const spool = testSpool();
    await spool.add(6);
    const source = createBatchSource(spool, 'out');
    expect(ends(source)).toEqual([1, 4]);
    source.finish(4);
    expect(ends(source)).toEqual([5, 6]);
    source.finish(6);
    expect(ends(source)).toBe('empty');
  });

  it('cuts a batch that was begun before a restart the same way, though more rows came', async () => {
    const spool = testSpool();
    await spool.add(2);
    const before = createBatchSource(spool, 'out');
    expect(ends(before)).toEqual([1, 2]);
    before.begin(2);
    await spool.add(5);
    const after = createBatchSource(spool, 'out');
    expect(ends(after)).toEqual([1, 2]);
    after.finish(2);
    expect(ends(after)).toEqual([3, 6]);
  });

  it('leaves the cursors of other sinks alone', async () => {
    const spool = testSpool();
    await spool.add(3);
    createBatchSource(spool, 'one').finish(3);
    expect(ends(createBatchSource(spool, 'two'))).toEqual([1, 3]);
  });

  it('waits for a batch to fill unless told not to', async () => {
    const spool = testSpool();
    await spool.add(2, { receivedAtMs: 5_000 });
    const source = createBatchSource(spool, 'out');
    expect(source.next(limits, { nowMs: 5_400, now: false })).toEqual({ kind: 'wait', ms: 600 });
  });
});
