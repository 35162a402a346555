/**
 * How many batches may be under way at once, found by trying: one more for as long as answers come no slower, a tenth less when they do or
 * when the receiver asks for patience (AIMD). The rule and its constants are those of Vector's adaptive request concurrency.
 */
export interface AdaptiveLimit {
  /** Batches, 1 or more. */
  current: number;
  /** Mean and variance of past answers' times, ms; null = there is none yet. */
  past: { mean: number; variance: number } | null;
  /** What came since the window began. */
  window: { answers: number; totalMs: number; isFull: boolean; isPressed: boolean; endsAtMs: number };
}

export interface Answer {
  tookMs: number;
  /** It was a retry: an explicit wish for patience, or no answer at all. */
  isPressure: boolean;
  /** Batches under way when it came, with this one. */
  underWay: number;
  /** Monotonic. */
  nowMs: number;
}

const WEIGHT = 0.4;
const DEVIATIONS = 2.5;
const DECREASE = 0.9;

const emptyWindow = { answers: 0, totalMs: 0, isFull: false, isPressed: false, endsAtMs: 0 };

export const limitStart: AdaptiveLimit = { current: 1, past: null, window: emptyWindow };

export function afterAnswer(limit: AdaptiveLimit, answer: Answer, most: number): AdaptiveLimit {
  const before = limit.window;
  const window = {
    answers: before.answers + Number(!answer.isPressure),
    totalMs: before.totalMs + (answer.isPressure ? 0 : answer.tookMs),
    // Only a limit that was reached is evidence that a higher one would do.
    isFull: before.isFull || answer.underWay >= limit.current,
    isPressed: before.isPressed || answer.isPressure,
    endsAtMs: before.endsAtMs,
  };
  if (answer.nowMs < window.endsAtMs) return { ...limit, window };
  return closeWindow({ ...limit, window }, answer.nowMs, most);
}

/** A window is as long as an answer usually takes: each decision is seen in the answers before the next one. */
function closeWindow({ current, past, window }: AdaptiveLimit, nowMs: number, most: number): AdaptiveLimit {
  const mean = window.answers === 0 ? null : window.totalMs / window.answers;
  const next = mean === null ? past : blended(past, mean);
  return {
    current: decided(current, { past, mean, window, most }),
    past: next,
    window: { ...emptyWindow, endsAtMs: nowMs + (next?.mean ?? 0) },
  };
}

interface Evidence extends Pick<AdaptiveLimit, 'past' | 'window'> {
  mean: number | null;
  most: number;
}

function decided(current: number, { past, mean, window, most }: Evidence): number {
  const slowAtMs = past === null ? Infinity : past.mean + DEVIATIONS * Math.sqrt(past.variance);
  if (window.isPressed || (mean !== null && past !== null && mean > past.mean && mean >= slowAtMs))
    return Math.max(1, Math.min(most, Math.floor(current * DECREASE)));
  const isAsFast = mean !== null && (past === null || mean <= past.mean);
  return isAsFast && window.isFull ? Math.min(most, current + 1) : Math.min(most, current);
}

function blended(past: AdaptiveLimit['past'], mean: number): { mean: number; variance: number } {
  if (past === null) return { mean, variance: 0 };
  const difference = mean - past.mean;
  const step = WEIGHT * difference;
  return { mean: past.mean + step, variance: (1 - WEIGHT) * (past.variance + difference * step) };
}
