import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is remembered of a device between two starts: enough for its people to live it again. */
export interface Life {
  seed: string;
  /** Unix ms: since when its people have it, and up to when they used it. */
  bornMs: number;
  untilMs: number;
}

export interface Lives {
  of(device: string): Life | undefined;
  keep(lives: ReadonlyMap<string, Life>): void;
}

const FILE = 'lives.json';

/** Lives in a file of `folder`, written beside and renamed. What cannot be read counts as new devices. */
export function fileLives(folder: string): Lives {
  const path = join(folder, FILE);
  const known = read(path);
  return {
    of: (device) => known.get(device),
    keep(lives) {
      for (const [device, life] of lives) known.set(device, life);
      writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(known)));
      renameSync(`${path}.new`, path);
    },
  };
}

function read(path: string): Map<string, Life> {
  try {
    const entries = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, Life] => isLife(entry[1])));
  } catch {
    return new Map();
  }
}

function isLife(value: unknown): value is Life {
  if (typeof value !== 'object' || value === null) return false;
  const { seed, bornMs, untilMs } = value as Record<string, unknown>;
  return typeof seed === 'string' && Number.isFinite(bornMs) && Number.isFinite(untilMs);
}

/** Longer lives are begun anew: all of one is lived again at each start, without its records. */
export const LONGEST_LIFE_MS = 30 * 86_400_000;

/** Where a device goes on: at the end of its last life, but no more than `catchUpMs` before now. */
export function resume(
  life: Life | undefined,
  at: { seed: string; nowMs: number; catchUpMs: number },
): { bornMs: number; startMs: number } {
  const earliestMs = at.nowMs - at.catchUpMs;
  const startMs = Math.min(at.nowMs, Math.max(life?.untilMs ?? earliestMs, earliestMs));
  const isSame = life !== undefined && life.seed === at.seed && life.bornMs <= startMs;
  const bornMs = isSame && startMs - life.bornMs <= LONGEST_LIFE_MS ? life.bornMs : startMs;
  return { bornMs, startMs };
}
