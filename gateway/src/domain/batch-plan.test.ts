import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchLimits, type Plannable, planBatch } from './batch-plan.ts';

const limits: BatchLimits = { maxRecords: 100, maxBytes: 1_000, maxAgeMs: 500 };

function row(records: number, bytes = 10, receivedAtMs = 1_000): Plannable {
  return { recordCount: records, receivedAtMs, payload: { length: bytes } };
}

const at = (nowMs: number, now = false) => ({ nowMs, now });

describe('planBatch', () => {
  it('says that there is nothing', () => {
    expect(planBatch([], limits, at(0))).toEqual({ kind: 'empty' });
  });

  it('waits for a young batch to fill, for what is left of its age', () => {
    expect(planBatch([row(1), row(1)], limits, at(1_200))).toEqual({ kind: 'wait', ms: 300 });
  });

  it('takes what there is when the oldest message has waited long enough', () => {
    expect(planBatch([row(1), row(1)], limits, at(1_500))).toEqual({ kind: 'take', messages: 2 });
  });

  it('takes at once when the records are enough, and no message more', () => {
    expect(planBatch([row(60), row(40), row(1)], limits, at(1_000))).toEqual({ kind: 'take', messages: 2 });
    expect(planBatch([row(60), row(60)], limits, at(1_000))).toEqual({ kind: 'take', messages: 1 });
  });

  it('takes at once when the bytes are enough', () => {
    expect(planBatch([row(1, 600), row(1, 600)], limits, at(1_000))).toEqual({ kind: 'take', messages: 1 });
  });

  it('lets a message that is larger than a limit go alone', () => {
    expect(planBatch([row(5_000, 9_000), row(1)], limits, at(1_000))).toEqual({ kind: 'take', messages: 1 });
  });

  it('does not wait when it is told not to', () => {
    expect(planBatch([row(1)], limits, at(1_000, true))).toEqual({ kind: 'take', messages: 1 });
  });

  it('does not wait until a wall clock that was set back a day has caught up', () => {
    expect(planBatch([row(1)], limits, at(1_000 - 86_400_000))).toEqual({ kind: 'take', messages: 1 });
  });

  it('takes at least one message and never exceeds a limit with more than one', () => {
    const rows = fc.array(fc.tuple(fc.nat(300), fc.nat(3_000)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, (sizes) => {
        const messages = sizes.map(([records, bytes]) => row(records, bytes));
        const plan = planBatch(messages, limits, at(0, true));
        if (plan.kind !== 'take') throw new Error(plan.kind);
        const taken = messages.slice(0, plan.messages);
        const total = (read: (message: Plannable) => number) => taken.reduce((sum, m) => sum + read(m), 0);
        expect(taken.length).toBeGreaterThan(0);
        if (taken.length > 1) {
          expect(total((m) => m.recordCount)).toBeLessThanOrEqual(limits.maxRecords);
          expect(total((m) => m.payload.length)).toBeLessThanOrEqual(limits.maxBytes);
        }
      }),
    );
  });
});
