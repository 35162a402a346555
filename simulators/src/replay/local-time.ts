import type { LocalTime } from './recording.ts';

const hourMs = 3_600_000;

/**
 * Turns local times of a zone (IANA name, 'UTC' or '+02:00') into Unix ms; undefined for a zone nobody knows.
 * An hour that daylight saving repeats is taken as its first pass, an hour that it skips moves forward.
 */
export function zoneClock(zone: string): ((local: LocalTime) => number) | undefined {
  const fixed = fixedOffsetMs(zone);
  if (fixed !== undefined) {
    return (local) => asIfUtc(local) - fixed;
  }
  const offsetAt = offsetReader(zone);
  if (!offsetAt) {
    return undefined;
  }
  const byHour = new Map<number, number>();
  return (local) => {
    const wall = asIfUtc(local);
    const hour = Math.floor(wall / hourMs);
    let offset = byHour.get(hour);
    if (offset === undefined) {
      offset = offsetOfWall(wall, offsetAt);
      byHour.set(hour, offset);
    }
    return wall - offset;
  };
}

function asIfUtc(local: LocalTime): number {
  return Date.UTC(local.year, local.month - 1, local.day) + local.timeOfDayMs;
}

function fixedOffsetMs(zone: string): number | undefined {
  if (zone === 'UTC' || zone === 'Z') {
    return 0;
  }
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (!match) {
    return undefined;
  }
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** The offset before a change decides: that is the first pass of a repeated hour, and moves a skipped one forward. */
function offsetOfWall(wall: number, offsetAt: (unixMs: number) => number): number {
  const before = offsetAt(wall - 24 * hourMs);
  const after = offsetAt(wall + 24 * hourMs);
  if (offsetAt(wall - before) === before) {
    return before;
  }
  return offsetAt(wall - after) === after ? after : before;
}

function offsetReader(zone: string): ((unixMs: number) => number) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  return (unixMs) => {
    const parts: Record<string, number> = {};
    for (const part of format.formatToParts(unixMs)) {
      parts[part.type] = Number(part.value);
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const wholeSecond = Math.floor(unixMs / 1000) * 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecond;
  };
}
