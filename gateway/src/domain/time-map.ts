import type { OriginEstimate, TimeMapping } from './ports.ts';

/** Heartbeats of two hours, in eight parts: old minima leave, so that a drifting crystal is followed. */
const BUCKET_MS = 15 * 60_000;
const BUCKETS = 8;
/** Drift of a cheap crystal at the edges of its temperature range. */
export const DRIFT = 100e-6;
/** Uptime and receive time are whole ms, each cut off. */
const GRAIN_MS = 2;
/** Device clocks ahead of the gateway by more are not believed (standards section 6, rule 5). */
const MAX_AHEAD_MS = 5 * 60_000;

export interface DeviceClock {
  unixMs: number;
  quality: number;
  boundMs?: number;
}

/** An estimate or a limit of where uptime 0 lies, and when it was so: crystals drift. */
interface Mark {
  originMs: number;
  atMs: number;
}

/** How a sampled message was made. */
export interface SampleFacts {
  /** When it was sent, so that the offset is late by the link only. */
  fresh: boolean;
  /** No longer before it was received than this: the link had not let the device in before. null = nobody knows. */
  madeWithinMs: number | null;
}

/**
 * Learns where uptime 0 of one boot lies. Receive time minus uptime is never too early. How much it may be too late is known of a hello
 * alone: it is made after the link was accepted, so it was under way no longer than the link has lasted (POU-TIME-3). No other bound on
 * a latency is honest: links stall for as long as they like.
 */
export interface TimeMap {
  sample(originMs: number, receivedAtMs: number, facts: SampleFacts): void;
  /** Best estimate, null before the first sample. */
  originMs(): number | null;
  isFresh(): boolean;
  mapping(uptimeMs: number): TimeMapping;
  /** To be kept over a restart; null before the first sample. */
  estimate(): OriginEstimate | null;
}

export function timeMap(known: OriginEstimate | null = null): TimeMap {
  const minima: (Mark | null)[] = Array(BUCKETS).fill(null);
  const bucketOf = new Float64Array(BUCKETS).fill(-1);
  const hasFresh: boolean[] = Array(BUCKETS).fill(false);
  let best: Mark | null = known === null ? null : { originMs: known.originMs, atMs: known.atMs };
  let bestBucket = -1;
  // The last estimate with a fresh sample in its window: an old one that is good beats a new one of a backlog.
  let fresh: Mark | null = known?.fresh ? best : null;
  let notBefore: Mark | null = known?.notBefore ?? null;

  function window(bucket: number): { least: Mark | null; isFresh: boolean } {
    // What was known before a restart counts until it is two hours old.
    let least =
      known !== null && bucket - Math.floor(known.atMs / BUCKET_MS) < BUCKETS ? restored(known) : null;
    let isFresh = least !== null && known!.fresh;
    for (let i = 0; i < BUCKETS; i += 1) {
      if (bucketOf[i]! <= bucket - BUCKETS) continue;
      least = earlier(least, minima[i]!);
      isFresh ||= hasFresh[i]!;
    }
    return { least, isFresh };
  }

  function sample(
    originMs: number,
    receivedAtMs: number,
    { fresh: isFresh, madeWithinMs }: SampleFacts,
  ): void {
    const bucket = Math.floor(receivedAtMs / BUCKET_MS);
    const slot = bucket % BUCKETS;
    // A replay of what was received long ago must not push out what was learnt since.
    if (bucketOf[slot]! > bucket) return;
    if (bucketOf[slot] !== bucket) {
      bucketOf[slot] = bucket;
      minima[slot] = null;
      hasFresh[slot] = false;
    }
    const least = minima[slot]!;
    const isLess = least === null || originMs < least.originMs;
    if (isLess) minima[slot] = { originMs, atMs: receivedAtMs };
    if (isFresh) hasFresh[slot] = true;
    if (isLess || isFresh || bucket !== bestBucket) settle(bucket);
    limit(originMs, receivedAtMs, madeWithinMs);
  }

  function settle(bucket: number): void {
    bestBucket = bucket;
    const { least, isFresh } = window(bucket);
    if (isFresh) fresh = least;
    best = fresh === null ? least : earlier(least, fresh);
  }

  /** Takes a lower limit, and gives up one that a sample contradicts: its hello was an old one, sent again. */
  function limit(originMs: number, atMs: number, madeWithinMs: number | null): void {
    const held =
      notBefore === null ? -Infinity : notBefore.originMs - DRIFT * Math.abs(atMs - notBefore.atMs);
    if (originMs < held - GRAIN_MS) notBefore = null;
    if (madeWithinMs === null) return;
    const earliestMs = originMs - madeWithinMs;
    if (notBefore === null || earliestMs > held) notBefore = { originMs: earliestMs, atMs };
  }

  function boundMs({ originMs, atMs }: Mark, baseMs: number): number | null {
    if (notBefore === null) return null;
    const tooEarly = DRIFT * Math.abs(baseMs - atMs);
    const tooLate = Math.max(0, originMs - notBefore.originMs) + DRIFT * Math.abs(baseMs - notBefore.atMs);
    return GRAIN_MS + Math.ceil(Math.max(tooEarly, tooLate));
  }

  function mapping(uptimeMs: number): TimeMapping {
    const { originMs } = best!;
    const bound = boundMs(best!, originMs + uptimeMs);
    return { originMs, quality: 1, boundMs: bound, method: 'gateway-offset' };
  }

  return {
    sample,
    mapping,
    originMs: () => best?.originMs ?? null,
    isFresh: () => fresh !== null,
    estimate: () => (best === null ? null : { ...best, fresh: fresh !== null, notBefore }),
  };
}

function restored({ originMs, atMs }: OriginEstimate): Mark {
  return { originMs, atMs };
}

function earlier(a: Mark | null, b: Mark | null): Mark | null {
  if (a === null || b === null) return a ?? b;
  return b.originMs < a.originMs ? b : a;
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
