import { describe, expect, it } from 'vitest';
import type { Sink, SinkOutcome } from '../domain/ports.ts';
import { bedBatch } from '../testing/bed-batch.ts';
import { recordingSink } from '../testing/recording-sink.ts';
import { pooledSink } from './pooled-sink.ts';

const never = new AbortController().signal;

function pool(maxConcurrent: number) {
  const waits: (() => void)[] = [];
  const made: Sink[] = [];
  const sink = pooledSink('out', { order: 'any', maxConcurrent }, () => {
    const member = recordingSink('out');
    const answer = (outcome: SinkOutcome) => () => outcome;
    const slow: Sink = {
      ...member,
      deliver: () => new Promise<void>((resolve) => waits.push(resolve)).then(answer({ kind: 'accepted' })),
      close: () => member.close(),
    };
    made.push(member);
    return slow;
  });
  return { sink, waits, made };
}

describe('pooled sink', () => {
  it('makes a member only when all others are busy, and uses them again', async () => {
    const { sink, waits, made } = pool(2);
    const first = sink.deliver(bedBatch(0, 0), never);
    const second = sink.deliver(bedBatch(1, 1), never);
    expect(made.length).toBe(2);
    for (const finish of waits.splice(0)) finish();
    await Promise.all([first, second]);
    const third = sink.deliver(bedBatch(2, 2), never);
    waits.shift()!();
    expect(await third).toEqual({ kind: 'accepted' });
    expect(made.length).toBe(2);
  });

  it('does not queue what is too much', async () => {
    const { sink, waits } = pool(1);
    const first = sink.deliver(bedBatch(0, 0), never);
    expect((await sink.deliver(bedBatch(1, 1), never)).kind).toBe('retry');
    waits.shift()!();
    await first;
  });

  it('closes all its members and takes nothing then', async () => {
    const { sink, waits, made } = pool(1);
    const first = sink.deliver(bedBatch(0, 0), never);
    waits.shift()!();
    await first;
    await sink.close();
    expect(made).toMatchObject([{ closed: 1 }]);
    expect((await sink.deliver(bedBatch(1, 1), never)).kind).toBe('retry');
  });
});
