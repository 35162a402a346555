import type { Sink, SinkBatch, SinkOutcome } from '../domain/ports.ts';

export interface RecordingSink extends Sink {
  /** Every attempt, in order. */
  attempts: SinkBatch[];
  /** What was accepted, each record once however often it came. */
  stored: Map<string, SinkBatch['records'][number]>;
  /** Answers for the next attempts; accepted when none is left. */
  answers: SinkOutcome[];
  closed: number;
}

/** A sink that keeps what it is given. It obeys the same contract as the real ones. */
export function recordingSink(name = 'recording'): RecordingSink {
  const sink: RecordingSink = {
    name,
    attempts: [],
    stored: new Map(),
    answers: [],
    closed: 0,
    async deliver(batch, signal) {
      if (sink.closed > 0 || signal.aborted) return { kind: 'retry', reason: 'the sink is closed' };
      sink.attempts.push(batch);
      const answer = sink.answers.shift() ?? { kind: 'accepted' };
      if (answer.kind === 'accepted') {
        for (const record of batch.records) sink.stored.set(identity(record), record);
      }
      return answer;
    },
    async close() {
      sink.closed += 1;
    },
  };
  return sink;
}

function identity({ tenant, device, boot, seq, index }: SinkBatch['records'][number]): string {
  return [tenant, device, boot, seq, index].join('/');
}
