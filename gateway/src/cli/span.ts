import { CommandEnd, Exit } from './exit.ts';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_MS = 3_650 * 86_400_000;

/** `90s`, `15m`, `1h`, `7d`; 0 needs no unit. Milliseconds, at most ten years. */
export function readSpan(text: string, flag: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})(s|m|min|h|d)?$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? 0);
  if (digits === '' || (unit === '' && Number(digits) !== 0) || ms > MOST_MS) {
    throw new CommandEnd(Exit.usage, `${flag} is "${text}"; expected a span of time as 90s, 15m, 1h or 7d.`);
  }
  return ms;
}
