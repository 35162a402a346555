/** Local time by fixed offsets: no daylight saving and no ICU data, so a day is the same day on every machine. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * Offsets from UTC in minutes. Neighbours in the list lie about eight hours apart,
 * so that three households already keep each other's nights.
 */
export const ZONES_MINUTES: readonly number[] = [
  60, 540, -420, 120, 600, -360, 0, 480, -480, 330, 180, -300, 420, -180,
];

/** Number of the local day that holds `unixMs`; day 0 is 1970-01-01, a Thursday. */
export function localDay(unixMs: number, zoneMinutes: number): number {
  return Math.floor((unixMs + zoneMinutes * MINUTE) / DAY);
}

/** Unix ms of a local day's midnight. */
export function midnight(day: number, zoneMinutes: number): number {
  return day * DAY - zoneMinutes * MINUTE;
}

/** 0 Sunday .. 6 Saturday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function isWeekend(day: number): boolean {
  const name = weekday(day);
  return name === 0 || name === 6;
}
