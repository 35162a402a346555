import { describe, expect, it } from 'vitest';
import { silentLog } from '../system.ts';
import { type CommitGroup, type CommitQueueOptions, commitQueue } from './commit-queue.ts';
import type { AckTarget, AdmittedMessage, CommitOutcome, Spool } from './ports.ts';

const FULL: CommitOutcome = { ok: false, failure: { code: 'SPOOL_FULL', message: 'full' } };

/** Everything by hand: tasks run when told, commits answer when told. */
function bench(options: Partial<CommitQueueOptions> = {}) {
  const soon: (() => void)[] = [];
  const timers: { delayMs: number; task: () => void }[] = [];
  const commits: {
    messages: readonly AdmittedMessage[];
    answer: (outcome: CommitOutcome) => Promise<void>;
  }[] = [];
  const pressure: boolean[] = [];
  const committed: CommitGroup[] = [];
  const commit: Spool['commit'] = (messages) =>
    new Promise((resolve) => {
      const answer = async (outcome: CommitOutcome) => {
        resolve(outcome);
        await Promise.resolve();
        await Promise.resolve();
      };
      commits.push({ messages, answer });
    });
  const queue = commitQueue(
    { maxCommitMessages: 100, maxCommitBytes: 1e6, highWaterBytes: 10_000, ...options },
    {
      spool: { commit } as Spool,
      scheduler: {
        soon: (task) => void soon.push(task),
        after: (delayMs, task) => {
          timers.push({ delayMs, task });
          return () => {};
        },
      },
      clock: { nowMs: () => 0, monotonicMs: () => 0 },
      log: silentLog,
      onPressure: (on) => void pressure.push(on),
      onCommitted: (group) => void committed.push(group),
    },
  );
  const runSoon = () => {
    for (const task of soon.splice(0)) task();
  };
  const put = (target: AckTarget, token: number, bytes = 10, withMessage = true) => {
    const group = queue.gathering();
    if (withMessage) group.messages.push({ seq: token } as AdmittedMessage);
    group.targets.push(target);
    group.tokens.push(token);
    queue.added(bytes);
  };
  return { queue, soon, timers, commits, pressure, committed, runSoon, put };
}

function recorder() {
  const acked: number[] = [];
  const flushes: number[][] = [];
  const target: AckTarget = {
    ack: (token) => void acked.push(token),
    flush: () => {
      if (acked.length > 0) flushes.push(acked.splice(0));
    },
  };
  return { target, flushes };
}

describe('commitQueue', () => {
  it('commits at once when idle, and answers after the commit, with one write a connection', async () => {
    const b = bench();
    const { target, flushes } = recorder();
    b.put(target, 1);
    b.put(target, 2);
    b.runSoon();
    expect(b.commits).toHaveLength(1);
    expect(flushes).toEqual([]);
    await b.commits[0]!.answer({ ok: true });
    expect(flushes).toEqual([[1, 2]]);
    expect(b.queue.uncommittedBytes()).toBe(0);
  });

  it('gathers while a commit is under way, and answers in order of arrival', async () => {
    const b = bench();
    const { target, flushes } = recorder();
    b.put(target, 1);
    b.runSoon();
    b.put(target, 2);
    b.put(target, 3);
    b.runSoon();
    expect(b.commits).toHaveLength(1);
    await b.commits[0]!.answer({ ok: true });
    b.runSoon();
    expect(b.commits[1]!.messages.map((m) => m.seq)).toEqual([2, 3]);
    await b.commits[1]!.answer({ ok: true });
    expect(flushes).toEqual([[1], [2, 3]]);
  });

  it('caps a commit', async () => {
    const b = bench({ maxCommitMessages: 3 });
    const { target, flushes } = recorder();
    for (let token = 0; token < 7; token += 1) b.put(target, token);
    const sizes: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      b.runSoon();
      sizes.push(b.commits[i]!.messages.length);
      await b.commits[i]!.answer({ ok: true });
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(flushes.flat()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('caps the bytes of a commit: it has to find room as a whole', async () => {
    const b = bench({ maxCommitBytes: 2 * (1_000 + 128) });
    const { target } = recorder();
    for (let token = 0; token < 5; token += 1) b.put(target, token, 1_000);
    const sizes: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      b.runSoon();
      sizes.push(b.commits[i]!.messages.length);
      await b.commits[i]!.answer({ ok: true });
    }
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('does not commit for answers alone, but holds them behind what came before', async () => {
    const b = bench();
    const { target, flushes } = recorder();
    b.put(target, 1);
    b.runSoon();
    b.put(target, 2, 10, false);
    b.runSoon();
    expect(flushes).toEqual([]);
    await b.commits[0]!.answer({ ok: true });
    b.runSoon();
    expect(flushes).toEqual([[1], [2]]);
    expect(b.commits).toHaveLength(1);
  });

  it('keeps a refused group first in line, waits longer each time, and acknowledges nothing of it', async () => {
    const b = bench();
    const { target, flushes } = recorder();
    b.put(target, 1);
    b.runSoon();
    await b.commits[0]!.answer(FULL);
    b.put(target, 2);
    expect(b.soon).toEqual([]);
    expect(b.queue.failure()).toEqual({ code: 'SPOOL_FULL', message: 'full' });
    b.timers[0]!.task();
    await b.commits[1]!.answer(FULL);
    b.timers[1]!.task();
    expect(b.timers.map((timer) => timer.delayMs)).toEqual([250, 500]);
    expect(b.commits[2]!.messages.map((m) => m.seq)).toEqual([1]);
    await b.commits[2]!.answer({ ok: true });
    expect(flushes).toEqual([[1]]);
    b.runSoon();
    await b.commits[3]!.answer({ ok: true });
    expect(flushes).toEqual([[1], [2]]);
    expect(b.queue.failure()).toBeNull();
    expect(b.queue.failures()).toBe(2);
  });

  it('asks for a pause above the high-water mark and ends it below a half', async () => {
    const b = bench({ highWaterBytes: 1_000, maxCommitMessages: 1 });
    const { target } = recorder();
    b.put(target, 1, 500);
    b.put(target, 2, 500);
    expect(b.pressure).toEqual([true]);
    b.runSoon();
    await b.commits[0]!.answer({ ok: true });
    expect(b.pressure).toEqual([true]);
    b.runSoon();
    await b.commits[1]!.answer({ ok: true });
    expect(b.pressure).toEqual([true, false]);
  });

  it('is drained when everything has been answered', async () => {
    const b = bench();
    const { target, flushes } = recorder();
    b.put(target, 1);
    let drained = false;
    const waiting = b.queue.drained().then(() => {
      drained = true;
    });
    b.runSoon();
    expect(drained).toBe(false);
    await b.commits[0]!.answer({ ok: true });
    await waiting;
    expect(flushes).toEqual([[1]]);
    await b.queue.drained();
  });

  it('gives up draining when the store refuses: devices keep what was not acknowledged', async () => {
    const b = bench();
    const { target, flushes } = recorder();
    b.put(target, 1);
    const waiting = b.queue.drained();
    b.runSoon();
    await b.commits[0]!.answer(FULL);
    await waiting;
    expect(flushes).toEqual([]);
  });
});
