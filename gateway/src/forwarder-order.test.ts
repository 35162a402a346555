import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nobodyAgreed } from './domain/consent/coverage.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import type { Sink, SinkBatch, SinkOutcome } from './domain/ports.ts';
import { createSelection } from './domain/select-records.ts';
import type { SinkRules } from './domain/sink-rules.ts';
import { createForwarder } from './forwarder.ts';
import type { ForwarderOptions } from './forwarder-types.ts';
import { memorySpool } from './spool/memory-spool.ts';
import { silentLog } from './system.ts';
import { bedModel, bedTable } from './testing/bed-model.ts';
import { type ManualTime, manualTime } from './testing/manual-time.ts';
import { recordingSink } from './testing/recording-sink.ts';
import { bedMessage, type TestSpool, testSpool } from './testing/test-spool.ts';

const options: ForwarderOptions = {
  batch: { maxRecords: 4, maxBytes: 100_000, maxAgeMs: 50 },
  retry: { baseMs: 100, maxMs: 1_000, breakerAfter: 3, probeEveryMs: 10_000 },
  backlogAfterMs: 10_000,
};

const decode = createRecordDecoder(() => ({ model: bedModel, table: bedTable }), nobodyAgreed);
const parallel = { order: 'any', maxConcurrent: 4 } as const;

interface Place {
  sink: Sink;
  spool?: TestSpool;
  time?: ManualTime;
  rules?: SinkRules;
}

function setUp({ sink, spool = testSpool(), time = manualTime(), rules = {} }: Place) {
  const select = createSelection(rules);
  const ports = { spool, clock: time, scheduler: time, random: () => 0.5, log: silentLog, decode, select };
  return { spool, time, forwarder: createForwarder(sink, options, ports) };
}

/** Answers each batch after `tookMs` of the test's time. */
function slowSink(time: ManualTime, tookMs: number) {
  const sink = recordingSink('out');
  const seen = { now: 0, most: 0 };
  const slow: Sink = {
    ...sink,
    traits: parallel,
    async deliver(batch, signal) {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await new Promise<void>((resolve) => void time.after(tookMs, resolve));
      seen.now -= 1;
      return sink.deliver(batch, signal);
    },
  };
  return { sink, slow, seen };
}

describe('several batches at once', () => {
  it('are as many as the sink can bear, found by trying', async () => {
    const time = manualTime();
    const { sink, slow, seen } = slowSink(time, 100);
    const { spool, forwarder } = setUp({ sink: slow, time });
    await spool.add(200, { receivedAtMs: time.nowMs() });
    forwarder.start();
    await time.advance(5_000);
    expect(seen.most).toBe(4);
    expect(sink.stored.size).toBe(200);
    expect(forwarder.status()).toMatchObject({ pending: 0, batches: 50, concurrency: 4, cursor: 200 });
  });

  it('may end in any order: what is done is durable, and pruned only up to the first that is not', async () => {
    const waits: (() => void)[] = [];
    const sink: Sink = {
      ...recordingSink('out'),
      traits: parallel,
      deliver: () => new Promise((resolve) => waits.push(() => resolve({ kind: 'accepted' }))),
    };
    const { spool, time, forwarder } = setUp({ sink });
    await spool.add(12, { receivedAtMs: time.nowMs() });
    forwarder.start();
    await time.settle();
    waits.shift()!();
    await time.settle();
    expect(waits.length).toBe(2);
    waits.pop()!();
    await time.settle();
    expect(spool.progress('out')).toEqual({ cursor: 4, done: [9, 12], begun: [5, 8] });
    expect(forwarder.status()).toMatchObject({ pending: 4, backlog: 4 });
  });

  it('are one at a time, oldest first, for a sink that says nothing of itself', async () => {
    const time = manualTime();
    const { slow, seen } = slowSink(time, 100);
    const { spool, forwarder } = setUp({ sink: { ...slow, traits: undefined as never }, time });
    await spool.add(40, { receivedAtMs: 0 });
    forwarder.start();
    await time.advance(5_000);
    expect(seen.most).toBe(1);
    expect(forwarder.status()).toMatchObject({ pending: 0, concurrency: 1 });
  });
});

describe('a sink that was down for a day', () => {
  it('gets new records first, and all of them in the end', async () => {
    const time = manualTime();
    const sink = { ...recordingSink('out'), traits: { order: 'any', maxConcurrent: 1 } as const };
    const { spool, forwarder } = setUp({ sink, time });
    sink.answers.push(
      ...Array.from({ length: 8_640 }, (): SinkOutcome => ({ kind: 'retry', reason: 'down' })),
    );
    await spool.add(100, { receivedAtMs: time.nowMs() });
    forwarder.start();
    await time.advance(3_600_000);
    expect(forwarder.status()).toMatchObject({ state: 'down', breaker: 'open', pending: 100 });
    sink.answers.length = 0;
    const attempts = sink.attempts.length;
    await spool.add(8, { receivedAtMs: time.nowMs() });
    await time.advance(20_000);
    const order = sink.attempts.slice(attempts).map((batch) => batch.firstPosition);
    // The batch that was tried all the time, then what is new, then the backlog.
    expect(order.slice(0, 5)).toEqual([1, 101, 105, 5, 9]);
    expect([sink.stored.size, forwarder.status().pending]).toEqual([108, 0]);
  });
});

describe('an operator', () => {
  it('pauses a sink, over a restart, and resumes it', async () => {
    const sink = recordingSink('out');
    const { spool, time, forwarder } = setUp({ sink });
    forwarder.pause();
    forwarder.start();
    await spool.add(4);
    forwarder.notify();
    await time.advance(60_000);
    const after = setUp({ sink, spool, time });
    after.forwarder.start();
    await time.advance(60_000);
    expect(after.forwarder.status()).toMatchObject({ state: 'paused', pending: 4, attempts: 0 });
    after.forwarder.resume();
    await time.settle();
    expect(after.forwarder.status()).toMatchObject({ state: 'idle', pending: 0 });
  });

  it('rewinds a sink: everything behind a position is sent again, under the records own names', async () => {
    const sink = recordingSink('out');
    const { spool, time, forwarder } = setUp({ sink });
    await spool.add(8);
    forwarder.start();
    await time.advance(100);
    await forwarder.rewind(2);
    expect(forwarder.status().pending).toBe(6);
    await time.advance(100);
    expect(sink.attempts.map((batch) => batch.key)).toEqual(['out/1-4', 'out/5-8', 'out/3-6', 'out/7-8']);
    expect([sink.stored.size, forwarder.status().pending]).toEqual([8, 0]);
  });

  it('rewinds only when what is under way has its answer', async () => {
    const time = manualTime();
    const { sink, slow } = slowSink(time, 1_000);
    const { spool, forwarder } = setUp({ sink: slow, time });
    await spool.add(4, { receivedAtMs: time.nowMs() });
    forwarder.start();
    await time.advance(500);
    const rewound = forwarder.rewind(0);
    await time.advance(500);
    await rewound;
    expect([sink.stored.size, spool.cursor('out'), forwarder.status().pending]).toEqual([4, 0, 4]);
    await time.advance(2_000);
    expect(sink.attempts.length).toBe(2);
  });

  it('is told how many records were not for the sink', async () => {
    const sink = recordingSink('out');
    const { spool, time, forwarder } = setUp({ sink, rules: { except: { points: ['temperature'] } } });
    await spool.add(4);
    forwarder.start();
    await time.advance(100);
    expect(sink.attempts).toEqual([]);
    expect(forwarder.status()).toMatchObject({ pending: 0, recordsLeftOut: 4, recordsDelivered: 0 });
  });
});

/** Time of one life: nothing of it comes after its end. */
function mortalTime(time: ManualTime) {
  let isAlive = true;
  const mortal: ManualTime = {
    ...time,
    soon: (task) => time.soon(() => isAlive && task()),
    after: (ms, task) => time.after(ms, () => isAlive && task()),
  };
  const end = () => {
    isAlive = false;
  };
  return { mortal, end };
}

/**
 * A receiver as the contract of the HTTP sink wants it: it knows batches by their key, not records by their identity. Whatever happens, no
 * record may then come under two keys.
 */
function keyedReceiver() {
  const batches = new Map<string, SinkBatch>();
  return {
    take: (batch: SinkBatch) => void batches.set(batch.key, batch),
    arrived: () =>
      [...batches.values()].flatMap(({ records }) => records.map(({ seq }) => seq)).sort((a, b) => a - b),
  };
}

describe('exactly once', () => {
  it('whatever the sink answers, and wherever the gateway is killed, in whatever order batches end', async () => {
    // What a batch comes to: taken and answered, taken and the answer lost, not taken, refused for one of its messages.
    const fate = fc.constantFrom<'taken' | 'unheard' | 'lost' | 'refused'>(
      'taken',
      'taken',
      'unheard',
      'lost',
      'refused',
    );
    const happening = fc.oneof(
      fc.record({
        what: fc.constant('add' as const),
        count: fc.integer({ min: 1, max: 9 }),
        ageMs: fc.constantFrom(0, 60_000),
      }),
      fc.record({ what: fc.constant('answer' as const), pick: fc.nat(20), fate }),
      fc.record({ what: fc.constant('wait' as const), ms: fc.constantFrom(10, 200, 15_000) }),
      fc.constant({ what: 'kill' as const }),
    );
    const order = fc.constantFrom<'any' | 'kept'>('any', 'kept');
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 60, size: 'max' }), order, async (story, traits) => {
        const spool = memorySpool();
        const time = manualTime();
        const receiver = keyedReceiver();
        const poisoned = 7;
        let seq = 0;
        let open: { batch: SinkBatch; answer(outcome: SinkOutcome): void }[] = [];
        const sink: Sink = {
          name: 'out',
          traits: { order: traits, maxConcurrent: 4 },
          deliver: (batch) => new Promise((answer) => open.push({ batch, answer })),
          close: async () => {},
        };
        let kill = () => {};
        const begin = () => {
          open = [];
          const { mortal, end } = mortalTime(time);
          kill = end;
          const life = setUp({ sink, spool: spool as unknown as TestSpool, time: mortal }).forwarder;
          life.start();
          return life;
        };
        let forwarder = begin();
        const end = (entry: (typeof open)[number], what: 'taken' | 'unheard' | 'lost' | 'refused') => {
          const isPoisoned = entry.batch.records.some((record) => record.seq === poisoned);
          if (isPoisoned || what === 'refused') {
            entry.answer(isPoisoned ? { kind: 'rejected', reason: 'bad' } : { kind: 'retry', reason: 'no' });
            return;
          }
          if (what !== 'lost') receiver.take(entry.batch);
          entry.answer(what === 'taken' ? { kind: 'accepted' } : { kind: 'retry', reason: 'no answer' });
        };
        for (const happened of story) {
          if (happened.what === 'add') {
            const receivedAtMs = time.nowMs() - happened.ageMs;
            const messages = Array.from({ length: happened.count }, () =>
              bedMessage(seq++, { receivedAtMs }),
            );
            await spool.commit(messages, []);
            forwarder.notify();
          } else if (happened.what === 'answer') {
            const [entry] = open.splice(happened.pick % Math.max(1, open.length), 1);
            if (entry) end(entry, happened.fate);
          } else if (happened.what === 'wait') await time.advance(happened.ms);
          // Killed: what it held in memory is gone, its promises hang for ever, the next life begins with the store.
          else {
            kill();
            forwarder = begin();
          }
          await time.settle();
        }
        for (let i = 0; forwarder.status().pending > 0 && i < 1_000; i++) {
          for (const entry of open.splice(0)) end(entry, 'taken');
          await time.advance(20_000);
          forwarder.notify();
        }
        const expected = Array.from({ length: seq }, (_, i) => i).filter((n) => n !== poisoned);
        expect(receiver.arrived()).toEqual(expected);
        expect(spool.quarantine({}).length).toBe(seq > poisoned ? 1 : 0);
        expect(spool.progress('out')).toEqual({ cursor: seq, done: [], begun: [] });
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
