import { type Cells, timeOfDay } from '../cells.ts';
import type { ReadContext } from '../recording.ts';

/** Nights without a date: day 1 is the context's first day, and day 2 the one after it. */
export function nightTime(
  cells: Cells,
  context: ReadContext,
  columns: { day: string; time: string },
): number | undefined {
  const day = cells.parsed(columns.day, 'a day number from 1', dayNumber);
  const timeOfDayMs = cells.parsed(columns.time, 'a time of day such as 22:29:00', timeOfDay);
  if (day === undefined || timeOfDayMs === undefined) {
    return undefined;
  }
  const first = context.firstDay;
  return context.toUnixMs({ year: first.year, month: first.month, day: first.day + day - 1, timeOfDayMs });
}

function dayNumber(text: string): number | undefined {
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}
