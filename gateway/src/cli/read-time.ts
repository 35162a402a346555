import { CommandEnd, Exit } from './exit.ts';

const DAY_MS = 86_400_000;

/** `2026-11-28` (the whole day, UTC) or a time of ISO 8601 with a zone. Unix ms of its first and last moment. */
export function readTime(text: string, flag: string): { firstMs: number; lastMs: number } {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const ms = isDay || /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || ms < 0)
    throw new CommandEnd(
      Exit.usage,
      `${flag} is "${text}"; expected a day as 2026-11-28, or a time as 2026-11-28T08:00:00Z.`,
    );
  return { firstMs: ms, lastMs: isDay ? ms + DAY_MS - 1 : ms };
}
