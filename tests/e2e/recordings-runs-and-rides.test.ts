import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

/** Sum over neighbouring points on a sphere of the mean radius 6,371,000 m, as the README's path lengths were made. */
const pathMetres = `
  WITH places AS (
    SELECT radians(position_lat) AS lat, radians(position_lon) AS lon, at_ms, seq, idx
    FROM replay_workout_track_point WHERE device = ? AND position_lat IS NOT NULL
  ), pairs AS (
    SELECT lat, lon, lag(lat) OVER recorded AS lat0, lag(lon) OVER recorded AS lon0
    FROM places WINDOW recorded AS (ORDER BY at_ms, seq, idx)
  )
  SELECT sum(2 * 6371000 * asin(sqrt(
    pow(sin((lat - lat0) / 2), 2) + cos(lat) * cos(lat0) * pow(sin((lon - lon0) / 2), 2)
  ))) AS metres FROM pairs`;

const workouts = [
  {
    name: 'run-2015-08-15-fenix2',
    points: 2809,
    from: '2015-08-15T14:45:08.000Z',
    to: '2015-08-15T15:32:21.000Z',
    sport: 'running',
    metres: 9008.22,
    timerS: 2832,
    pathMetres: 8997,
    heartRate: [69, 178],
    power: [null, null],
  },
  {
    name: 'run-2017-01-17-stryd',
    points: 3424,
    from: '2017-01-17T17:06:47.000Z',
    to: '2017-01-17T18:03:50.000Z',
    sport: 'running',
    metres: 6753.99,
    timerS: 3424,
    pathMetres: 6781,
    heartRate: [94, 146],
    power: [145, 314],
  },
  {
    name: 'ride-2011-09-25-edge500',
    points: 10_686,
    from: '2011-09-25T13:00:22.000Z',
    to: '2011-09-25T16:31:53.000Z',
    sport: 'cycling',
    metres: 92_622.34,
    timerS: 10_641.06,
    pathMetres: 92_829,
    heartRate: [115, 189],
    power: [null, null],
  },
] as const;

describeRecordings('runs-and-rides', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('all six files arrive once and whole', () => played.expectWhole(6));

  describe.each(workouts)('$name', (workout) => {
    // The FIT file and the CSV that was decoded from it are two devices: the same points twice.
    test.each([workout.name, `${workout.name}-csv`])('%s has all track points, in their time', (device) => {
      expect(
        played.one(
          'SELECT count(*) AS points, min(time) AS first, max(time) AS last FROM replay_workout_track_point WHERE device = ?',
          device,
        ),
      ).toEqual({ points: workout.points, first: workout.from, last: workout.to });
    });

    // The README's sums are of the CSV's six decimals; the FIT file's finer places make the path up to a metre shorter.
    test('its places lie along its path', () => {
      const metres = (device: string) => Number(played.one(pathMetres, device).metres);
      expect(Math.round(metres(`${workout.name}-csv`))).toBe(workout.pathMetres);
      expect(Math.abs(metres(workout.name) - workout.pathMetres)).toBeLessThan(1.5);
    });

    test.each([workout.name, `${workout.name}-csv`])('heart rate and power of %s are in range', (device) => {
      const row = played.one(
        `SELECT min(heart_rate_beat_per_min) AS low, max(heart_rate_beat_per_min) AS high,
           min(power_w) AS weak, max(power_w) AS strong, sum(flags IS NOT NULL) AS flagged
         FROM replay_workout_track_point WHERE device = ?`,
        device,
      );
      const [low, high] = workout.heartRate;
      const [weak, strong] = workout.power;
      expect(row).toEqual({ low, high, weak, strong, flagged: 0 });
    });

    test('the workout session has the distance and the timer of the device', () => {
      expect(
        played.one(
          'SELECT distance_m, timer_s, sport, points FROM replay_workout_workout WHERE device = ?',
          workout.name,
        ),
      ).toEqual({
        distance_m: workout.metres,
        timer_s: workout.timerS,
        sport: workout.sport,
        points: workout.points,
      });
    });

    test('the laps add up to the workout', () => {
      const laps = played.one(
        'SELECT sum(distance_m) AS metres, sum(timer_s) AS seconds FROM replay_workout_lap WHERE device = ?',
        workout.name,
      );
      expect(Number(laps.metres)).toBeCloseTo(workout.metres, 0);
      expect(Math.abs(Number(laps.seconds) - workout.timerS)).toBeLessThan(5);
    });
  });

  test('the distance at the last point is the one of the session, but for what the watch counted after it', () => {
    const rows = played.all(
      'SELECT device, max(distance_m) AS metres FROM replay_workout_track_point GROUP BY device ORDER BY device',
    );
    expect(rows).toEqual([
      { device: 'ride-2011-09-25-edge500', metres: 92_622.34 },
      { device: 'ride-2011-09-25-edge500-csv', metres: 92_622.34 },
      { device: 'run-2015-08-15-fenix2', metres: 9007.07 },
      { device: 'run-2015-08-15-fenix2-csv', metres: 9007.07 },
      { device: 'run-2017-01-17-stryd', metres: 6753.99 },
      { device: 'run-2017-01-17-stryd-csv', metres: 6753.99 },
    ]);
  });

  test('the average and top heart rate of the ride are those of its session', () => {
    expect(
      played.one(
        `SELECT average_heart_rate_beat_per_min AS mean, top_heart_rate_beat_per_min AS top
         FROM replay_workout_workout WHERE device = 'ride-2011-09-25-edge500'`,
      ),
    ).toEqual({ mean: 162, top: 189 });
    const points = played.one(
      `SELECT avg(heart_rate_beat_per_min) AS mean FROM replay_workout_track_point
       WHERE device = 'ride-2011-09-25-edge500'`,
    );
    expect(Math.floor(Number(points.mean))).toBe(162);
  });

  test('the pauses of the ride leave the timer, to a second each', () => {
    const { seconds, pauses } = played.one(
      `WITH spans AS (
         SELECT state, lead(at_ms) OVER (ORDER BY at_ms, seq, idx) - at_ms AS ms
         FROM replay_workout_timer WHERE device = 'ride-2011-09-25-edge500'
       ) SELECT sum(ms) FILTER (WHERE state = 'running') / 1000.0 AS seconds,
         count(*) FILTER (WHERE state = 'paused') AS pauses FROM spans`,
    );
    expect(pauses).toBeGreaterThan(40);
    expect(Math.abs(Number(seconds) - 10_641.06)).toBeLessThan(Number(pauses));
  });

  test('repeated timestamps of the ride are kept, in order', () => {
    const repeated = `WITH pairs AS (
        SELECT at_ms - lag(at_ms) OVER recorded AS ms, distance_m - lag(distance_m) OVER recorded AS metres
        FROM replay_workout_track_point WHERE device = ? WINDOW recorded AS (ORDER BY at_ms, seq, idx)
      ) SELECT count(*) AS pairs, min(metres) >= 0 AS forward FROM pairs WHERE ms = 0`;
    expect(played.one(repeated, 'ride-2011-09-25-edge500')).toEqual({ pairs: 15, forward: 1 });
    expect(played.one(repeated, 'ride-2011-09-25-edge500-csv')).toEqual({ pairs: 15, forward: 1 });
  });

  test('the foot pod’s developer fields of the run are there', () => {
    const row = played.one(
      `SELECT count(form_power_w) AS form, max(leg_spring_stiffness_kn_per_m) > 0 AS stiff,
         max(footpod_distance_m) AS metres FROM replay_workout_track_point WHERE device = 'run-2017-01-17-stryd'`,
    );
    expect(row).toMatchObject({ form: 3424, stiff: 1 });
    expect(Number(row.metres)).toBeGreaterThan(6000);
  });
});
