import { Encoder, Profile } from '@garmin/fitsdk';
import { expect, test } from 'vitest';
import { readFit } from './fit.ts';

const start = Date.parse('2024-05-01T10:00:00Z');

/** A short activity, written with the official encoder: no recording is copied into the tests. */
function activity(points: number): Uint8Array {
  const encoder = new Encoder();
  const write = (mesgNum: number | undefined, fields: object) => encoder.onMesg(mesgNum as number, fields);
  write(Profile.MesgNum.FILE_ID, {
    type: 'activity',
    manufacturer: 'development',
    timeCreated: new Date(start),
  });
  write(Profile.MesgNum.EVENT, { timestamp: new Date(start), event: 'timer', eventType: 'start' });
  for (let at = 0; at < points; at++) {
    write(Profile.MesgNum.RECORD, {
      timestamp: new Date(start + at * 1000),
      positionLat: 2 ** 29,
      positionLong: -(2 ** 28),
      distance: at * 2.5,
      heartRate: 120 + at,
    });
  }
  const timestamp = new Date(start + points * 1000);
  write(Profile.MesgNum.SESSION, {
    timestamp,
    startTime: new Date(start),
    totalElapsedTime: points,
    totalTimerTime: points - 1,
    totalDistance: 12.34,
    sport: 'cycling',
  });
  return encoder.close();
}

test('record messages, timer and session of an activity become actions', () => {
  const outcome = readFit(activity(3));
  const recording = outcome.ok ? outcome.recording : undefined;
  expect(recording).toMatchObject({ rows: 3, problems: [], ignored: [] });
  expect(recording?.actions.map((action) => action.point)).toEqual([
    'track_point',
    'timer',
    'track_point',
    'track_point',
    'workout',
  ]);
  expect(recording?.actions[2]).toMatchObject({
    atMs: start + 1000,
    attributes: { position: { lat: 45, lon: -22.5 }, distance: 2.5, heart_rate: 121 },
  });
  expect(recording?.actions[4]).toMatchObject({
    atMs: start,
    endMs: start + 3000,
    attributes: { sport: 'cycling', distance: 12.34, timer: 2, points: 3 },
  });
});

test('a file that was cut off is played as far as it goes, and told', () => {
  const whole = activity(50);
  const outcome = readFit(whole.subarray(0, Math.floor(whole.length / 2)));
  const recording = outcome.ok ? outcome.recording : undefined;
  expect(recording?.problems[0]?.message).toMatch(/^the file is damaged or cut off \(end of stream/);
  expect(recording?.rows).toBeGreaterThan(10);
  expect(recording?.rows).toBeLessThan(50);
});

test('a flipped bit is told by the checksum', () => {
  const bytes = activity(5);
  bytes[60]! ^= 1;
  const outcome = readFit(bytes);
  const told = outcome.ok ? outcome.recording.problems[0]?.message : outcome.message;
  expect(told).toMatch(/damaged or cut off|without record messages/);
});

test('a header without the rest is refused', () => {
  expect(readFit(activity(1).subarray(0, 13))).toMatchObject({ ok: false });
  expect(readFit(activity(1).subarray(0, 20))).toMatchObject({ ok: false });
});
