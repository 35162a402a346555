import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

const watches = [
  {
    device: 'user-03-night',
    participant: 3,
    seconds: 21_019,
    inBed: '22:29-05:52',
    minutesInBed: 443,
    minutesAsleep: 351,
    awakenings: 16,
    meanInBed: 58.0,
    range: [4, 98],
    impossible: 1,
    holes: 783,
    longestHole: 2788,
    dates: 2,
  },
  {
    device: 'user-07-night',
    participant: 7,
    seconds: 23_318,
    inBed: '00:28-08:02',
    minutesInBed: 454,
    minutesAsleep: 342,
    awakenings: 31,
    meanInBed: 61.8,
    range: [47, 111],
    impossible: 0,
    holes: 866,
    longestHole: 1215,
    dates: 2,
  },
];

describeRecordings('sleep-nights', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('all four files arrive once and whole', () => played.expectWhole(4));

  test('every night is one session, and in bed is asleep + awake + latency', () => {
    const nights = played.all(
      `SELECT participant, in_bed_min - awake_after_onset_min - latency_min AS asleep, asleep_min,
         duration_s / 60 AS by_the_clock, in_bed_min FROM replay_sleep_night ORDER BY participant`,
    );
    expect(nights).toHaveLength(13);
    for (const night of nights) {
      expect(night.asleep, `participant ${night.participant}`).toBe(night.asleep_min);
      expect(night.by_the_clock, `participant ${night.participant}`).toBe(night.in_bed_min);
    }
  });

  test('the efficiency of every night is its share asleep', () => {
    const wrong = played.all(
      `SELECT participant FROM replay_sleep_night
       WHERE abs(efficiency_percent - 100.0 * asleep_min / in_bed_min) > 0.0051`,
    );
    expect(wrong).toEqual([]);
  });

  describe.each(watches)('$device', (watch) => {
    test('the night is one session, also across midnight', () => {
      expect(
        played.one(
          `SELECT substr(time, 12, 5) || '-' || substr(end_time, 12, 5) AS in_bed, in_bed_min,
             in_bed_min - awake_after_onset_min - latency_min AS asleep_min, awakenings
           FROM replay_sleep_night WHERE participant = ?`,
          watch.participant,
        ),
      ).toEqual({
        in_bed: watch.inBed,
        in_bed_min: watch.minutesInBed,
        asleep_min: watch.minutesAsleep,
        awakenings: watch.awakenings,
      });
    });

    test('every recorded second has its heart rate and its movement', () => {
      expect(
        played.one(
          `SELECT count(*) AS seconds, count(DISTINCT substr(time, 1, 10)) AS dates
           FROM replay_sleep_heart_rate WHERE device = ?`,
          watch.device,
        ),
      ).toEqual({ seconds: watch.seconds, dates: watch.dates });
      expect(
        played.one(
          `SELECT count(*) AS seconds FROM replay_sleep_heart_rate AS beat JOIN replay_sleep_movement AS moved
           USING (device, at_ms) WHERE device = ?`,
          watch.device,
        ),
      ).toEqual({ seconds: watch.seconds });
    });

    test('holes are holes: nothing is made up for seconds that were not recorded', () => {
      expect(
        played.one(
          `WITH steps AS (
             SELECT at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx) AS ms
             FROM replay_sleep_heart_rate WHERE device = ?
           ) SELECT sum(ms > 1000) AS holes, max(ms) / 1000 AS longest FROM steps`,
          watch.device,
        ),
      ).toEqual({ holes: watch.holes, longest: watch.longestHole });
    });

    test('the mean heart rate in bed, and impossible ones kept and flagged', () => {
      const { mean } = played.one(
        `SELECT avg(value_beat_per_min) AS mean FROM replay_sleep_heart_rate AS beat
         JOIN replay_sleep_night AS night
         ON beat.at_ms BETWEEN night.at_ms AND night.at_ms + night.duration_s * 1000
         WHERE beat.device = ? AND night.participant = ?`,
        watch.device,
        watch.participant,
      );
      expect(Number(mean).toFixed(1)).toBe(watch.meanInBed.toFixed(1));
      expect(
        played.one(
          `SELECT min(value_beat_per_min) AS low, max(value_beat_per_min) AS high, count(flags) AS flagged,
             count(flags) FILTER (WHERE value_beat_per_min BETWEEN 25 AND 220) AS wrongly
           FROM replay_sleep_heart_rate WHERE device = ?`,
          watch.device,
        ),
      ).toEqual({ low: watch.range[0], high: watch.range[1], flagged: watch.impossible, wrongly: 0 });
    });
  });

  test('beat-to-beat intervals: all kept, repeated times in order, lost beats flagged', () => {
    const row = played.one(
      `WITH beats AS (
         SELECT value_s, flags, at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx) AS ms
         FROM replay_sleep_beat WHERE device = 'user-07-rr'
       ) SELECT count(*) AS beats, min(value_s) AS short, max(value_s) AS long, 60 / avg(value_s) AS per_min,
         sum(ms = 0) AS same_second, sum(flags IS NOT NULL) = sum(value_s > 2.4) AS flagged FROM beats`,
    );
    expect(row).toMatchObject({ beats: 22_963, short: 0.306, long: 4.729, same_second: 1226, flagged: 1 });
    expect(Number(row.per_min).toFixed(1)).toBe('61.3');
  });
});
