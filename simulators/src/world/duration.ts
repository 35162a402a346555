import { UsageError } from './fleet.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ms of a number of ms, or of a text such as '90s', '15m', '8h', '2d'. Throws `UsageError` for anything else. */
export function durationMs(duration: number | string): number {
  if (typeof duration === 'number') {
    if (duration >= 0 && Number.isFinite(duration)) return duration;
    throw new UsageError(`${duration} is no duration in ms`);
  }
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (match === null)
    throw new UsageError(`'${duration}' is no duration; write it as '90s', '15m', '8h' or '2d'`);
  return Number(match[1]) * UNITS[match[2]!]!;
}
