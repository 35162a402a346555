import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

const appliances = [
  {
    device: 'washing-machine-a-2012-05-20',
    rows: 19_058,
    wattHours: 435,
    peak: 2175,
    runs: ['12:32-14:16'],
    seen: ['whole'],
    repeated: 96,
  },
  {
    device: 'washing-machine-b-2011-09-15',
    rows: 14_824,
    wattHours: 1155,
    peak: 2228,
    runs: ['10:18-12:49', '14:27-14:27'],
    seen: ['whole', 'whole'],
    repeated: 94,
  },
  {
    device: 'dishwasher-2012-05-18',
    rows: 19_270,
    wattHours: 2549,
    peak: 2130,
    // The first run goes on since the day before; each run has a short tail.
    runs: ['00:00-01:19', '01:43-01:44', '11:23-12:44', '13:08-13:09'],
    seen: ['end', 'whole', 'whole', 'whole'],
    repeated: 48,
  },
  {
    device: 'coffee-maker-2012-05-30',
    rows: 19_165,
    wattHours: 379,
    peak: 1314,
    runs: ['08:59-11:05', '12:29-14:29', '16:05-18:09', '18:28-20:29'],
    seen: ['whole', 'whole', 'whole', 'whole'],
    repeated: 85,
  },
];

/** Over 5 W, joined over idle times up to 10 min: islands of readings, from the rows alone. */
const runsOf = `
  WITH busy AS (
    SELECT time, at_ms, seq, idx, at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx) > 600000 AS apart
    FROM replay_plug_power WHERE device = ? AND value_w > 5
  ), numbered AS (
    SELECT time, at_ms, sum(coalesce(apart, 1)) OVER (ORDER BY at_ms, seq, idx) AS run FROM busy
  )
  SELECT substr(min(time), 12, 5) || '-' || substr(max(time), 12, 5) AS span FROM numbered GROUP BY run ORDER BY run`;

describeRecordings('appliance-power', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('all four days arrive once and whole', () => played.expectWhole(4));

  describe.each(appliances)('$device', (appliance) => {
    test('every row is a reading; repeated timestamps are kept', () => {
      const row = played.one(
        `WITH steps AS (
           SELECT value_w, at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx) AS ms
           FROM replay_plug_power WHERE device = ?
         ) SELECT count(*) AS rows, max(value_w) AS peak, sum(ms = 0) AS repeated, sum(ms < 0) AS backwards FROM steps`,
        appliance.device,
      );
      expect(row).toEqual({
        rows: appliance.rows,
        peak: appliance.peak,
        repeated: appliance.repeated,
        backwards: 0,
      });
    });

    test('the energy of the day, each row held at most 10 s', () => {
      const { energy } = played.one(
        `WITH steps AS (
           SELECT value_w, min(coalesce(lead(at_ms) OVER (ORDER BY at_ms, seq, idx) - at_ms, 10000), 10000) AS held_ms
           FROM replay_plug_power WHERE device = ?
         ) SELECT sum(value_w * held_ms) / 3600000.0 AS energy FROM steps`,
        appliance.device,
      );
      expect(Math.round(Number(energy))).toBe(appliance.wattHours);
    });

    test('its runs, counted from the rows, are the runs that the plug told', () => {
      expect(played.all(runsOf, appliance.device).map((row) => row.span)).toEqual(appliance.runs);
      const told = played.all(
        `SELECT substr(time, 12, 5) || '-' || substr(end_time, 12, 5) AS span, seen
         FROM replay_plug_run WHERE device = ? ORDER BY at_ms`,
        appliance.device,
      );
      expect(told.map((row) => row.span)).toEqual(appliance.runs);
      expect(told.map((row) => row.seen)).toEqual(appliance.seen);
    });
  });

  test('the wash of machine a takes nearly all energy of its day', () => {
    const { energy } = played.one(
      "SELECT energy_wh AS energy FROM replay_plug_run WHERE device = 'washing-machine-a-2012-05-20'",
    );
    expect(Number(energy)).toBeGreaterThan(400);
    expect(Number(energy)).toBeLessThan(436);
  });

  test('the coffee maker stands by at 2 W, averaged over 8 s', () => {
    const { watts } = played.one(
      `SELECT smoothed_w AS watts, count(*) AS rows FROM replay_plug_power
       WHERE device = 'coffee-maker-2012-05-30' GROUP BY smoothed_w ORDER BY rows DESC LIMIT 1`,
    );
    expect(watts).toBe(2);
  });
});
