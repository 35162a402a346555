import { describe, expect, it } from 'vitest';
import { nobodyAgreed } from './domain/consent/coverage.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import { everything } from './domain/select-records.ts';
import { createForwarder } from './forwarder.ts';
import { sinkDesk } from './sink-desk.ts';
import { silentLog } from './system.ts';
import { bedModel, bedTable } from './testing/bed-model.ts';
import { manualTime } from './testing/manual-time.ts';
import { recordingSink } from './testing/recording-sink.ts';
import { testSpool } from './testing/test-spool.ts';

async function desk({ pruned = false } = {}) {
  const [spool, time, sink] = [testSpool(), manualTime(), recordingSink('out')];
  for (let hour = 0; hour < 10; hour++) await spool.add(2, { receivedAtMs: hour * 3_600_000 });
  const forwarder = createForwarder(
    sink,
    {
      batch: { maxRecords: 4, maxBytes: 100_000, maxAgeMs: 50 },
      retry: { baseMs: 100, maxMs: 1_000, breakerAfter: 3, probeEveryMs: 10_000 },
    },
    {
      ...{ spool, clock: time, scheduler: time, random: () => 0.5, log: silentLog, select: everything },
      decode: createRecordDecoder(() => ({ model: bedModel, table: bedTable }), nobodyAgreed),
    },
  );
  forwarder.start();
  await time.advance(100);
  const prune = { receivedBeforeMs: 3 * 3_600_000, sinks: ['out'] };
  if (pruned) spool.checkpoint({ boots: [], devices: [], prune });
  const made = sinkDesk({
    store: spool,
    clock: time,
    forwarder: (name) => (name === 'out' ? forwarder : undefined),
    names: () => ['out'],
    check: async () => 'it does not answer',
  });
  return { made, spool, time, sink };
}

const by = 'a test';

describe('what an operator can do with a sink', () => {
  it('is told which sinks there are when the name is none', async () => {
    const { made } = await desk();
    const refusal = { ok: false, problem: 'there is no sink "ouch"; the sinks are: out' };
    expect(await made.pause('ouch', by)).toEqual(refusal);
    expect(await made.rewind('ouch', { by, dryRun: true })).toEqual(refusal);
    expect(await made.test('ouch')).toEqual(refusal);
  });

  it('asks whether a sink would take something', async () => {
    const { made } = await desk();
    expect(await made.test('out')).toEqual({ ok: true, answer: { problem: 'it does not answer' } });
  });

  it('pauses and resumes, each with an entry in the audit', async () => {
    const { made, spool } = await desk();
    expect(await made.pause('out', by)).toMatchObject({ ok: true, answer: { state: 'paused' } });
    expect(await made.resume('out', by)).toMatchObject({ ok: true, answer: { state: 'idle' } });
    expect(spool.audit().map(({ what, detail }) => [what, detail])).toEqual([
      ['sink.resume', '{"sink":"out"}'],
      ['sink.pause', '{"sink":"out"}'],
    ]);
  });

  const none = { messagesPending: 0, oldestKept: 1 };
  it.each([
    ['everything', {}, { position: 0, messagesAgain: 20, recordsAgain: 20, ...none }],
    ['behind a position', { toPosition: 15 }, { position: 15, messagesAgain: 5, recordsAgain: 5, ...none }],
    [
      'since a time',
      { sinceMs: 7 * 3_600_000 },
      { position: 14, messagesAgain: 6, recordsAgain: 6, ...none },
    ],
    ['behind the newest', { toPosition: 99 }, { position: 20, messagesAgain: 0, recordsAgain: 0, ...none }],
  ])('says what a rewind would send again: %s', async (_what, place, report) => {
    const { made, spool } = await desk();
    expect(await made.rewind('out', { by, dryRun: true, ...place })).toEqual({ ok: true, answer: report });
    expect([spool.cursor('out'), spool.audit()]).toEqual([20, []]);
  });

  it('sends again what is still there, once as the sink sees it, and keeps who asked for it', async () => {
    const { made, spool, time, sink } = await desk({ pruned: true });
    const attempts = sink.attempts.length;
    const answer = await made.rewind('out', { by, dryRun: false });
    expect(answer).toMatchObject({ answer: { position: 6, messagesAgain: 14, oldestKept: 7 } });
    await time.advance(100);
    expect(sink.attempts.slice(attempts).map((batch) => batch.firstPosition)).toEqual([7, 11, 15, 19]);
    expect([sink.stored.size, spool.cursor('out')]).toEqual([20, 20]);
    expect(spool.audit()).toMatchObject([{ by, what: 'sink.rewind' }]);
  });

  it('changes nothing when the audit cannot be written', async () => {
    const { made, spool } = await desk();
    const failure = { code: 'SPOOL_DISK_FULL' as const, message: 'the disk is full' };
    const full = sinkDesk({
      store: { ...spool, commit: async () => ({ ok: false, failure }) },
      clock: manualTime(),
      forwarder: () => ({ pause: () => expect.unreachable() }) as never,
      names: () => ['out'],
    });
    expect(await full.pause('out', by)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('the disk is full'),
    });
    expect((await made.test('out')).ok).toBe(true);
  });
});
