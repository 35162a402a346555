import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

const shots = [
  { device: 'decent-20211019', samples: 109, seconds: 26.999, grams: 39.82 },
  { device: 'decent-20210921', samples: 100, seconds: 24.793, grams: 35.83 },
  { device: 'decent-20240202', samples: 280, seconds: 58.137, grams: 36.4 },
  { device: 'gaggiuino-1020', samples: 279, seconds: 42.2, grams: 47 },
  { device: 'gaggimate-13', samples: 163, seconds: 41.534, grams: 36.79 },
  { device: 'profitec', samples: 1689, seconds: 58.536, grams: 38.35 },
  { device: 'sharebrew', samples: 454, seconds: 48.403, grams: 31.01 },
];

/** From the readings alone, but for the begin of the shot, which its session tells. */
const measured = `
  SELECT count(*) AS samples, (max(reading.at_ms) - shot.at_ms) / 1000.0 AS seconds, max(reading.weight_g) AS grams
  FROM replay_espresso_reading AS reading JOIN replay_espresso_shot AS shot USING (device) WHERE device = ?`;

describeRecordings('espresso-shots', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('all eight files arrive once and whole', () => played.expectWhole(8));

  describe.each(shots)('$device', ({ device, samples, seconds, grams }) => {
    test('samples, duration and weight in the cup', () => {
      expect(played.one(measured, device)).toEqual({ samples, seconds, grams });
    });

    test('the list of shots says the same', () => {
      expect(
        played.one(
          `SELECT samples, duration_s AS seconds, weight_g AS grams FROM replay_espresso_shot
           WHERE device = 'shots' AND name = ?`,
          device,
        ),
      ).toEqual({ samples, seconds, grams });
    });
  });

  test('the list knows when each shot began, and the readings follow it', () => {
    const apart = played.all(
      `SELECT own.device FROM replay_espresso_shot AS own JOIN replay_espresso_shot AS listed
       ON listed.device = 'shots' AND listed.name = own.device WHERE own.at_ms <> listed.at_ms`,
    );
    expect(apart).toEqual([]);
  });

  test('sensors with rates of their own: a row holds what was read then', () => {
    expect(
      played.one(
        `SELECT sum(pressure_bar IS NOT NULL AND weight_g IS NOT NULL) AS both,
           sum(pressure_bar IS NULL AND weight_g IS NULL) AS neither
         FROM replay_espresso_reading WHERE device = 'profitec'`,
      ),
    ).toEqual({ both: 0, neither: 0 });
  });

  test('a goal of -1 is no goal, and a scale below zero is kept and flagged', () => {
    expect(
      played.one(
        `SELECT count(*) FILTER (WHERE pressure_goal_bar < 0 OR flow_goal_ml_per_s < 0) AS negative_goals,
           min(weight_g) AS lightest, sum(flags IS NOT NULL) = sum(weight_g < 0) AS flagged
         FROM replay_espresso_reading WHERE device = 'decent-20240202'`,
      ),
    ).toEqual({ negative_goals: 0, lightest: -1.2, flagged: 1 });
  });
});
