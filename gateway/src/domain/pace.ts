/** So much a second, and so much at once after a rest. */
export interface Pace {
  perSecond: number;
  burst: number;
}

/** A token bucket that is kept as one number: the time up to which everything taken is paid for. */
export interface Meter {
  /** Takes `cost`, in any case. Answers with the ms until it is paid for; 0 = go on. */
  take(cost: number, nowMs: number): number;
}

/** What was taken is never given back: whoever asks waits after it has taken, not before, so that a packet above the burst passes too. */
export function meter({ perSecond, burst }: Pace): Meter {
  const msPerUnit = 1_000 / perSecond;
  const restMs = burst * msPerUnit;
  let paidUntilMs = Number.NEGATIVE_INFINITY;
  return {
    take(cost, nowMs) {
      const from = paidUntilMs > nowMs - restMs ? paidUntilMs : nowMs - restMs;
      paidUntilMs = from + cost * msPerUnit;
      return paidUntilMs > nowMs ? paidUntilMs - nowMs : 0;
    },
  };
}
