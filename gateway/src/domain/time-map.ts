import type { TimeMapping } from './ports.ts';

/** Heartbeats of two hours, in eight parts: old minima leave, so that a drifting crystal is followed. */
const BUCKET_MS = 15 * 60_000;
const BUCKETS = 8;
/** What a message that was built when it was sent may have been under way. */
const LATENCY_BOUND_MS = 250;
/** Drift of a cheap crystal at the edges of its temperature range. */
export const DRIFT = 100e-6;
/** Device clocks ahead of the gateway by more are not believed (standards section 6, rule 5). */
const MAX_AHEAD_MS = 5 * 60_000;

export interface DeviceClock {
  unixMs: number;
  quality: number;
  boundMs?: number;
}

/** Learns where uptime 0 of one boot lies: receive time minus uptime is too late by the latency, never too early. */
export interface TimeMap {
  /** `fresh` = built when it was sent, so that the offset is late by the link only. */
  sample(originMs: number, receivedAtMs: number, fresh: boolean): void;
  /** Best estimate, null before the first sample. */
  originMs(): number | null;
  isFresh(): boolean;
  mapping(receivedAtMs: number, uptimeMs: number): TimeMapping;
}

export function timeMap(initialOriginMs: number | null = null, initiallyFresh = false): TimeMap {
  const minima = new Float64Array(BUCKETS).fill(Infinity);
  const bucketOf = new Float64Array(BUCKETS).fill(-1);
  const hasFresh: boolean[] = Array(BUCKETS).fill(false);
  // What was known before a restart counts as a sample of the first bucket.
  let known = initialOriginMs ?? Infinity;
  let knownFresh = initiallyFresh;
  let best = known;
  let bestBucket = -1;
  // The last estimate with a fresh sample in its window: an old one that is good beats a new one of a backlog.
  let fresh = initiallyFresh ? { originMs: known, atMs: 0 } : null;

  function window(bucket: number): { least: number; isFresh: boolean } {
    let least = Infinity;
    let isFresh = false;
    for (let i = 0; i < BUCKETS; i += 1) {
      if (bucketOf[i]! <= bucket - BUCKETS) continue;
      if (minima[i]! < least) least = minima[i]!;
      isFresh ||= hasFresh[i]!;
    }
    return { least, isFresh };
  }

  function openBucket(slot: number, bucket: number): void {
    if (bucketOf[slot] === bucket) return;
    bucketOf[slot] = bucket;
    minima[slot] = known;
    hasFresh[slot] = knownFresh;
    known = Infinity;
    knownFresh = false;
  }

  function sample(originMs: number, receivedAtMs: number, isFresh: boolean): void {
    const bucket = Math.floor(receivedAtMs / BUCKET_MS);
    const slot = bucket % BUCKETS;
    openBucket(slot, bucket);
    if (originMs < minima[slot]!) minima[slot] = originMs;
    if (isFresh) hasFresh[slot] = true;
    else if (bucket === bestBucket && originMs >= best) return;
    bestBucket = bucket;
    settle(bucket, receivedAtMs);
  }

  function settle(bucket: number, receivedAtMs: number): void {
    const { least, isFresh } = window(bucket);
    if (isFresh) fresh = { originMs: least, atMs: receivedAtMs };
    best = fresh === null ? least : Math.min(least, fresh.originMs);
  }

  function mapping(receivedAtMs: number, uptimeMs: number): TimeMapping {
    const agoMs = Math.abs(receivedAtMs - (best + uptimeMs));
    const learntAgoMs = fresh === null || fresh.atMs === 0 ? 0 : receivedAtMs - fresh.atMs;
    const boundMs = fresh === null ? null : driftBound(Math.max(agoMs, learntAgoMs));
    return { originMs: best, quality: 1, boundMs, method: 'gateway-offset' };
  }

  return {
    sample,
    mapping,
    originMs: () => (best === Infinity ? null : best),
    isFresh: () => fresh !== null,
  };
}

/** A record made `agoMs` before the offset was learnt may have drifted since. */
function driftBound(agoMs: number): number {
  return LATENCY_BOUND_MS + Math.ceil(agoMs * DRIFT);
}

/** The device's own word, when it is good enough to be taken. */
export function deviceMapping(clock: DeviceClock, uptimeMs: number): TimeMapping {
  const quality = Math.min(clock.quality, 4) as TimeMapping['quality'];
  return { originMs: clock.unixMs - uptimeMs, quality, boundMs: clock.boundMs ?? null, method: 'device' };
}

export function isPlausible(unixMs: number, nowMs: number, earliestMs: number): boolean {
  return unixMs >= earliestMs && unixMs <= nowMs + MAX_AHEAD_MS;
}

/** Upper bound only: the message cannot be younger than this. Never an invented time (standards section 6, rule 4). */
export function boundedMapping(originMs: number): TimeMapping {
  return { originMs, quality: 0, boundMs: null, method: 'receive' };
}
