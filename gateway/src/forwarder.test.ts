import { describe, expect, it } from 'vitest';
import { nobodyAgreed } from './domain/consent/coverage.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import type { Log, SinkOutcome } from './domain/ports.ts';
import { everything } from './domain/select-records.ts';
import { createForwarder } from './forwarder.ts';
import { bedHash, bedModel, bedTable } from './testing/bed-model.ts';
import { manualTime } from './testing/manual-time.ts';
import { type RecordingSink, recordingSink } from './testing/recording-sink.ts';
import { type TestSpool, testSpool } from './testing/test-spool.ts';

const retry: SinkOutcome = { kind: 'retry', reason: 'no answer' };

function setUp({ spool = testSpool(), sink = recordingSink('out'), known = true } = {}) {
  const time = manualTime();
  const told: { event: string; fields?: Record<string, unknown> }[] = [];
  const note = (event: string, fields?: Record<string, unknown>) => void told.push({ event, fields });
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const model = { known };
  const bed = { model: bedModel, table: bedTable };
  const decode = createRecordDecoder(() => (model.known ? bed : undefined), nobodyAgreed);
  const forwarder = createForwarder(
    sink,
    {
      batch: { maxRecords: 4, maxBytes: 100_000, maxAgeMs: 500 },
      retry: { baseMs: 100, maxMs: 1_000, breakerAfter: 3, probeEveryMs: 10_000 },
    },
    { spool, clock: time, scheduler: time, random: () => 0.5, log, decode, select: everything },
  );
  return { time, told, forwarder, spool, sink, model };
}

function keys(sink: RecordingSink): string[] {
  return sink.attempts.map((batch) => batch.key);
}

async function filled(count: number): Promise<TestSpool> {
  const spool = testSpool();
  await spool.add(count);
  return spool;
}

describe('forwarder', () => {
  it('delivers a backlog in order, in batches, and remembers how far it came', async () => {
    const { time, forwarder, sink, spool } = setUp({ spool: await filled(10) });
    forwarder.start();
    await time.advance(500);
    expect(keys(sink)).toEqual(['out/1-4', 'out/5-8', 'out/9-10']);
    expect(spool.cursor('out')).toBe(10);
    expect(forwarder.status()).toMatchObject({
      messagesDelivered: 10,
      recordsDelivered: 10,
      pending: 0,
      state: 'idle',
    });
  });

  it('lets a small batch wait for its age, then sends it', async () => {
    const { time, forwarder, sink, spool } = setUp();
    forwarder.start();
    await time.settle();
    await spool.add(1, { receivedAtMs: time.nowMs() });
    forwarder.notify();
    await time.advance(499);
    expect(sink.attempts).toEqual([]);
    await time.advance(1);
    expect(keys(sink)).toEqual(['out/1-1']);
  });

  it('sends the same batch with the same key until it is accepted, and moves the cursor only then', async () => {
    const { time, forwarder, sink, spool } = setUp({ spool: await filled(4) });
    sink.answers.push(retry, retry);
    forwarder.start();
    await time.settle();
    expect(spool.cursor('out')).toBe(0);
    await time.advance(50);
    await spool.add(4);
    await time.advance(100);
    expect(keys(sink)).toEqual(['out/1-4', 'out/1-4', 'out/1-4', 'out/5-8']);
    expect(spool.cursor('out')).toBe(8);
  });

  it('cuts a batch that was under way at a restart the same way', async () => {
    const first = setUp({ spool: await filled(2) });
    first.sink.answers.push(retry);
    first.forwarder.start();
    await first.time.advance(500);
    await first.spool.add(6);
    const second = setUp({ spool: first.spool });
    second.forwarder.start();
    await second.time.advance(500);
    expect(keys(first.sink)[0]).toBe('out/1-2');
    expect(keys(second.sink)).toEqual(['out/1-2', 'out/3-6', 'out/7-8']);
  });

  it('waits as long as the receiver asks', async () => {
    const { time, forwarder, sink } = setUp({ spool: await filled(4) });
    sink.answers.push({ kind: 'retry', reason: 'HTTP 429', afterMs: 5_000 });
    forwarder.start();
    await time.advance(4_999);
    expect(sink.attempts.length).toBe(1);
    await time.advance(1);
    expect(sink.attempts.length).toBe(2);
  });

  it('puts one refused message aside with its reason and delivers all the others', async () => {
    const { time, forwarder, sink, spool, told } = setUp({ spool: await filled(4) });
    sink.deliver = async (batch) => {
      sink.attempts.push(batch);
      if (batch.records.some((record) => record.seq === 2))
        return { kind: 'rejected', reason: 'HTTP 400: no' };
      for (const record of batch.records) sink.stored.set(String(record.seq), record);
      return { kind: 'accepted' };
    };
    forwarder.start();
    await time.advance(1_000);
    expect([...sink.stored.keys()].sort()).toEqual(['0', '1', '3']);
    expect(spool.quarantined()).toMatchObject([
      { reason: 'sinkRejected', link: 'sink:out', detail: 'boot 1 seq 2: HTTP 400: no' },
    ]);
    expect(forwarder.status()).toMatchObject({ messagesDelivered: 3, messagesRejected: 1, pending: 0 });
    expect(told.map(({ event }) => event)).toContain('sink.rejected');
  });

  it('keeps a refused message when the quarantine cannot be written', async () => {
    const spool = await filled(1);
    const { time, forwarder, sink } = setUp({
      spool: {
        ...spool,
        commit: async () => ({ ok: false, failure: { code: 'SPOOL_FULL', message: 'full' } }),
      },
    });
    sink.answers.push({ kind: 'rejected', reason: 'HTTP 400' });
    forwarder.start();
    await time.advance(500);
    expect(spool.cursor('out')).toBe(0);
    expect(forwarder.status()).toMatchObject({
      messagesRejected: 0,
      lastProblem: 'the quarantine cannot be written',
    });
  });

  it('holds messages of a model that is not known, and goes on when it is', async () => {
    const { time, forwarder, sink, spool, model } = setUp({ spool: await filled(4), known: false });
    forwarder.start();
    await time.settle();
    expect(sink.attempts).toEqual([]);
    expect(forwarder.status().lastProblem).toBe(`model ${bedHash} is not known`);
    model.known = true;
    await time.advance(1_000);
    expect(spool.cursor('out')).toBe(4);
  });

  it('survives a sink that throws', async () => {
    const { time, forwarder, sink, told } = setUp({ spool: await filled(4) });
    const deliver = sink.deliver;
    let throws = true;
    sink.deliver = async (batch, signal) => {
      if (throws) throw new Error('boom');
      return deliver(batch, signal);
    };
    forwarder.start();
    await time.settle();
    expect(told.map(({ event }) => event)).toContain('sink.fault');
    throws = false;
    await time.advance(1_000);
    expect(sink.stored.size).toBe(4);
  });

  it('says that a sink is down after repeated failures, and up again', async () => {
    const { time, forwarder, sink, told } = setUp({ spool: await filled(4) });
    sink.answers.push(retry, retry, retry);
    forwarder.start();
    await time.advance(1_000);
    expect(forwarder.status().state).toBe('down');
    await time.advance(10_000);
    expect(told.map(({ event }) => event)).toEqual(['sink.retry', 'sink.retry', 'sink.down', 'sink.up']);
    expect(forwarder.status()).toMatchObject({ state: 'idle', lastProblem: null });
  });

  it('drains what is left and then stops', async () => {
    const { time, forwarder, sink, spool } = setUp();
    forwarder.start();
    await time.settle();
    await spool.add(3, { receivedAtMs: time.nowMs() });
    const drained = forwarder.drain(1_000);
    await time.settle();
    await drained;
    expect(keys(sink)).toEqual(['out/1-3']);
    await spool.add(1);
    forwarder.notify();
    await time.advance(10_000);
    expect(sink.attempts.length).toBe(1);
  });

  it('gives an attempt up when the drain takes too long, and leaves the batch in the store', async () => {
    const { time, forwarder, sink, spool } = setUp({ spool: await filled(4) });
    sink.deliver = (_batch, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(retry));
      });
    forwarder.start();
    await time.settle();
    const drained = forwarder.drain(1_000);
    await time.advance(1_000);
    await drained;
    expect(spool.cursor('out')).toBe(0);
    expect(forwarder.status().state).toBe('stopped');
  });

  it('ends even when a sink does not answer to the abort', async () => {
    const { time, forwarder, sink } = setUp({ spool: await filled(4) });
    sink.deliver = () => new Promise(() => {});
    forwarder.start();
    await time.settle();
    const drained = forwarder.drain(1_000);
    await time.advance(2_000);
    await drained;
    expect(forwarder.status().state).toBe('stopped');
  });

  it('goes past messages that carry no records', async () => {
    const spool = testSpool();
    await spool.add(4, { kind: 9, modelHash: '', recordCount: 0 });
    const { time, forwarder, sink } = setUp({ spool });
    forwarder.start();
    await time.advance(500);
    expect(sink.attempts).toEqual([]);
    expect(forwarder.status()).toMatchObject({ pending: 0, messagesDelivered: 4 });
  });

  it('counts nothing as pending for a sink that is newer than what was pruned', async () => {
    const spool = await filled(4);
    spool.advance('old', 4);
    spool.checkpoint({
      boots: [],
      devices: [],
      prune: { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: ['old'] },
    });
    const { time, forwarder } = setUp({ spool });
    forwarder.start();
    await time.settle();
    expect(forwarder.status()).toMatchObject({ pending: 0 });
  });

  it('looks again later when the store cannot be read', async () => {
    const spool = await filled(4);
    let broken = true;
    const { time, forwarder, told } = setUp({
      spool: {
        ...spool,
        readAfter: (position, limit) => {
          if (broken) throw new Error('disk I/O error');
          return spool.readAfter(position, limit);
        },
      },
    });
    forwarder.start();
    await time.settle();
    expect(told[0]).toMatchObject({ event: 'sink.store', fields: { problem: 'Error: disk I/O error' } });
    broken = false;
    await time.advance(1_000);
    expect(spool.cursor('out')).toBe(4);
  });

  it('does not let one sink hold up another', async () => {
    const spool = await filled(4);
    const slow = setUp({ spool, sink: recordingSink('slow') });
    slow.sink.deliver = () => new Promise(() => {});
    const fast = setUp({ spool, sink: recordingSink('fast') });
    slow.forwarder.start();
    fast.forwarder.start();
    await slow.time.advance(1_000);
    await fast.time.advance(1_000);
    expect(spool.cursor('slow')).toBe(0);
    expect(spool.cursor('fast')).toBe(4);
  });
});
