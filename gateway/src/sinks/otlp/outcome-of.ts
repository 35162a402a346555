import type { SinkOutcome } from '../../domain/ports.ts';
import { type Answer, outcomeOf as outcomeOfHttp } from '../http/answer.ts';
import { excerptOf } from '../http/post.ts';
import { rejected } from '../outcome.ts';

interface PartialSuccess {
  rejectedDataPoints?: string | number;
  rejectedLogRecords?: string | number;
  errorMessage?: string;
}

/** Those of 5xx that may pass; every other is about the request, and the Collector answers so what its pipeline will never take. */
const MAY_PASS = new Set([502, 503, 504]);

/**
 * What an answer means (OTLP 1.x, "OTLP/HTTP response"). A partial success must not be sent again: what was not taken is in the receipt, in
 * the receiver's words, and stays in the other sinks.
 */
export function outcomeOf(answer: Answer, nowMs: number): SinkOutcome {
  const outcome = outcomeOfHttp(answer, nowMs);
  if (outcome.kind === 'retry' && answer.status >= 500 && !MAY_PASS.has(answer.status))
    return rejected(outcome.reason);
  if (outcome.kind !== 'accepted') return outcome;
  const partial = partialSuccess(answer.text);
  if (partial === null) return outcome;
  const left = Number(partial.rejectedDataPoints ?? partial.rejectedLogRecords ?? 0);
  const why = excerptOf(partial.errorMessage ?? '');
  if (left === 0 && why === '') return outcome;
  const what = left > 0 ? `${left} not taken` : 'a warning';
  return { kind: 'accepted', answer: `HTTP ${answer.status}, ${what}${why === '' ? '' : `: ${why}`}` };
}

function partialSuccess(text: string): PartialSuccess | null {
  try {
    return (JSON.parse(text) as { partialSuccess?: PartialSuccess }).partialSuccess ?? null;
  } catch {
    return null;
  }
}
