import { expect, test } from 'vitest';
import { zoneClock } from './local-time.ts';

const hour = 3_600_000;

function at(zone: string, month: number, day: number, hours: number): string {
  const toUnixMs = zoneClock(zone);
  return new Date(toUnixMs!({ year: 2007, month, day, timeOfDayMs: hours * hour })).toISOString();
}

test('a local time of a named zone follows its daylight saving', () => {
  expect(at('America/Chicago', 1, 15, 12)).toBe('2007-01-15T18:00:00.000Z');
  expect(at('America/Chicago', 5, 18, 12)).toBe('2007-05-18T17:00:00.000Z');
});

test('an hour that daylight saving repeats is its first pass, and one that it skips moves forward', () => {
  expect(at('America/Chicago', 11, 4, 1.5)).toBe('2007-11-04T06:30:00.000Z');
  expect(at('America/Chicago', 3, 11, 2.5)).toBe('2007-03-11T08:30:00.000Z');
  expect(at('America/Chicago', 3, 11, 3.5)).toBe('2007-03-11T08:30:00.000Z');
});

test('a fixed offset and UTC need no table', () => {
  expect(at('+02:00', 1, 15, 12)).toBe('2007-01-15T10:00:00.000Z');
  expect(at('-0530', 1, 15, 12)).toBe('2007-01-15T17:30:00.000Z');
  expect(at('UTC', 1, 31, 25)).toBe('2007-02-01T01:00:00.000Z');
});

test('a zone nobody knows gives nothing', () => {
  expect(zoneClock('Mars/Olympus')).toBeUndefined();
});
