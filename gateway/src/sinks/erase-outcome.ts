import type { EraseOutcome } from '../domain/ports.ts';
import type { Failed } from './outcome.ts';

export type Erased = Extract<EraseOutcome, { kind: 'erased' }>;

export function erased(records: number | null, answer: string): Erased {
  return { kind: 'erased', records, answer };
}

/** A tombstone is never given up: what would push a batch aside is tried again as well, until the receiver has learnt of it. */
export function eraseLater(outcome: Failed): EraseOutcome {
  return outcome.kind === 'retry' ? outcome : { kind: 'retry', reason: outcome.reason };
}
