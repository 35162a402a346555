import type { SinkOutcome } from '../../domain/ports.ts';
import { rejected, retryLater } from '../outcome.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The body; of a long one, the beginning. */
  text: string;
  /** The beginning of that, for the reason that people read. */
  excerpt: string;
}

/** These speak of this gateway's credentials or of the moment, not of the batch: it must not be given up for them. */
const NOT_ABOUT_THE_BATCH = new Set([401, 403, 404, 407, 408, 421, 425, 429]);

/** What an HTTP answer means for a batch. */
export function outcomeOf(answer: Answer, nowMs: number): SinkOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', answer: `HTTP ${status}` };
  const reason = `HTTP ${status}${answer.excerpt ? `: ${answer.excerpt}` : ''}`;
  if (status >= 300 && status < 400)
    return retryLater(`${reason} (redirects are not followed; set the final url)`);
  if (status >= 400 && status < 500 && !NOT_ABOUT_THE_BATCH.has(status)) return rejected(reason);
  return retryLater(reason, retryAfterMs(answer.headers['retry-after'], nowMs));
}
