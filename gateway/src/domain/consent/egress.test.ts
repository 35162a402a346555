import { beforeEach, describe, expect, it } from 'vitest';
import { createForwarder } from '../../forwarder.ts';
import type { Forwarder } from '../../forwarder-types.ts';
import { silentLog } from '../../system.ts';
import {
  consentBench,
  GRANTED,
  HEALTH,
  PILLOW,
  pillow,
  pillowChoice,
  pillowData,
  pillowTable,
  RESEARCH,
  T0,
  WITHDRAWN,
} from '../../testing/consent-bench.ts';
import { manualTime } from '../../testing/manual-time.ts';
import { recordingSink } from '../../testing/recording-sink.ts';
import { createRecordDecoder } from '../forward-records.ts';
import type { Sink, SinkBatch, SinkOutcome } from '../ports.ts';
import { everything } from '../select-records.ts';
import { liveCoverage, nobodyAgreed, storedCoverage } from './coverage.ts';

const [LEFT, RIGHT] = [1, 2];
const AT_1 = { epoch: 1, subject: LEFT };
const source = () => ({ model: pillow, table: pillowTable });

let b: ReturnType<typeof consentBench>;
let time: ReturnType<typeof manualTime>;
beforeEach(async () => {
  b = consentBench();
  time = manualTime(T0);
  b.take(pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED, [RESEARCH]: GRANTED }));
  b.take(pillowData(1, ['turned', 'snored', 'dreamt'], AT_1));
  b.take(pillowData(2, ['snored'], AT_1));
  await b.commit();
});

function forwarderTo(sink: Sink, covered = liveCoverage(b.devices, b.clock)): Forwarder {
  const batch = { maxRecords: 100, maxBytes: 100_000, maxAgeMs: 0 };
  const retry = { baseMs: 5_000, maxMs: 5_000, breakerAfter: 9, probeEveryMs: 10_000 };
  const decode = createRecordDecoder(source, covered);
  const ports = { spool: b.store, clock: time, scheduler: time, random: () => 1, log: silentLog };
  return createForwarder(sink, { batch, retry }, { ...ports, decode, select: everything });
}

async function withdraw(forwarder?: Forwarder): Promise<void> {
  b.take(pillowChoice(3, 1, LEFT, { [HEALTH]: WITHDRAWN }));
  for (const id of b.takenBack) forwarder?.takenBack(id);
  await b.commit();
}

const pointsOf = ({ records }: SinkBatch) => records.map(({ point }) => point);
const no: SinkOutcome = { kind: 'retry', reason: 'HTTP 503' };

describe('C1 what leaves the gateway', () => {
  it('is what was agreed to, and the rest of a message when one of its purposes was taken back', async () => {
    await withdraw();
    const sink = recordingSink('out');
    const forwarder = forwarderTo(sink);
    forwarder.start();
    await time.advance(1);
    expect(sink.attempts.map(pointsOf)).toEqual([['turned', 'dreamt']]);
    expect(forwarder.status()).toMatchObject({ recordsDelivered: 2, recordsWithheld: 2, pending: 0 });
    expect(b.store.receipt('out', 1)).toMatchObject({ records: 2, withheld: 2, accepted: true });
    expect(b.store.sinkTotals('out')).toMatchObject({ records: 2, withheld: 2 });
  });

  it('lacks what was taken back while its batch waited for its next attempt, under the same key', async () => {
    const sink = recordingSink('out');
    sink.answers.push(no);
    const forwarder = forwarderTo(sink);
    forwarder.start();
    await time.advance(1);
    await withdraw(forwarder);
    await time.advance(5_000);
    const keys = new Set(sink.attempts.map(({ key }) => key));
    expect(sink.attempts.map(pointsOf)).toEqual([
      ['turned', 'snored', 'dreamt', 'snored'],
      ['turned', 'dreamt'],
    ]);
    expect(keys.size).toBe(1);
  });

  it('stops within 1 s of a withdrawal, also to a receiver that hangs: the attempt ends and is made again without', async () => {
    const attempts: { points: string[]; aborted(): boolean }[] = [];
    const hanging: Sink = {
      name: 'out',
      deliver: (batch, signal) => {
        attempts.push({ points: pointsOf(batch), aborted: () => signal.aborted });
        if (attempts.length > 1) return Promise.resolve({ kind: 'accepted' });
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(no)));
      },
      close: async () => {},
    };
    const forwarder = forwarderTo(hanging);
    forwarder.start();
    await time.advance(60_000);
    expect(attempts.map(({ aborted }) => aborted())).toEqual([false]);
    await withdraw(forwarder);
    expect(attempts[0]!.aborted()).toBe(true);
    await time.advance(5_000);
    expect(attempts.slice(1).map(({ points }) => points)).toEqual([['turned', 'dreamt']]);
  });

  it("is not disturbed by what other devices' people take back", async () => {
    const sink: Sink = { name: 'out', deliver: () => new Promise(() => {}), close: async () => {} };
    const seen: AbortSignal[] = [];
    const watched: Sink = {
      ...sink,
      deliver: (batch, signal) => {
        seen.push(signal);
        return sink.deliver(batch, signal);
      },
    };
    const forwarder = forwarderTo(watched);
    forwarder.start();
    await time.advance(1);
    forwarder.takenBack({ ...PILLOW, device: 'pillow-2' });
    expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('is nothing that rests on consent where no ledger is known, and the cursor still moves', async () => {
    const sink = recordingSink('out');
    const forwarder = forwarderTo(sink, nobodyAgreed);
    forwarder.start();
    await time.advance(1);
    expect(sink.attempts.map(pointsOf)).toEqual([['turned']]);
    expect(forwarder.status().pending).toBe(0);
  });

  it('is held back as a whole while the model is not known', async () => {
    const decoded = createRecordDecoder(() => undefined, liveCoverage(b.devices, b.clock))(b.rows());
    expect(decoded).toMatchObject({ ok: false, kind: 'unknown-model' });
  });

  it('is nothing of a point whose purpose the model does not have', async () => {
    const points = pillowTable.points.map((point) =>
      point.name === 'turned' ? { ...point, purpose: 9 } : point,
    );
    const table = { ...pillowTable, points };
    const decode = createRecordDecoder(() => ({ model: pillow, table }), liveCoverage(b.devices, b.clock));
    const decoded = decode(b.rows());
    expect(decoded.ok && decoded.records.map(({ point }) => point)).toEqual(['snored', 'dreamt', 'snored']);
  });

  it('ends when the time of a grant is over', async () => {
    b.devices.find(PILLOW)!.consent.subjects.get(LEFT)!.validUntilMs = T0 + 10;
    const decode = createRecordDecoder(source, liveCoverage(b.devices, b.clock));
    expect(decode(b.rows())).toMatchObject({ withheld: 0 });
    b.state.nowMs = T0 + 10;
    expect(decode(b.rows())).toMatchObject({ withheld: 3 });
  });
});

describe('a store that is read beside its gateway', () => {
  it('shows what is agreed to at each look', async () => {
    const { covered, refresh } = storedCoverage(b.store, b.clock);
    const decode = createRecordDecoder(source, covered);
    expect(decode(b.rows())).toMatchObject({ withheld: 3 });
    refresh();
    expect(decode(b.rows())).toMatchObject({ withheld: 0 });
    await withdraw();
    b.take(pillowChoice(4, 2, RIGHT, { [HEALTH]: GRANTED }));
    await b.commit();
    refresh();
    expect(decode(b.rows())).toMatchObject({ withheld: 2 });
  });
});
