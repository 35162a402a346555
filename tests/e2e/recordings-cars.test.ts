import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

const cars = [
  {
    device: 'car-4109114_1',
    samples: 12_254,
    days: 6,
    trips: 31,
    tripMiles: 92.912,
    speedMiles: 92.912,
    holes: 74,
  },
  {
    device: 'car-4116813_1',
    samples: 6410,
    days: 1,
    trips: 7,
    tripMiles: 68.798,
    speedMiles: 68.798,
    holes: 20,
  },
  {
    device: 'car-4116813_2',
    samples: 8210,
    days: 1,
    trips: 10,
    tripMiles: 65.376,
    speedMiles: 65.374,
    holes: 28,
  },
];

describeRecordings('car-driving-history', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('all eleven files arrive once and whole', () => played.expectWhole(11));

  describe.each(cars)('$device', (car) => {
    test('every second of its days is a sample of one car', () => {
      expect(
        played.one(
          `SELECT count(*) AS samples, count(DISTINCT substr(time, 1, 10)) AS days
           FROM replay_car_speed WHERE device = ?`,
          car.device,
        ),
      ).toEqual({ samples: car.samples, days: car.days });
    });

    test('its speed adds up to its miles, no hole counted', () => {
      const { miles } = played.one(
        `WITH samples AS (
           SELECT value_miles_per_h AS mph, (at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx)) / 1000.0 AS timestep
           FROM replay_car_speed WHERE device = ?
         ) SELECT sum(mph * timestep / 3600) AS miles FROM samples WHERE timestep < 2`,
        car.device,
      );
      expect(Number(miles)).toBeCloseTo(car.speedMiles, 3);
    });

    test('its trips are sessions with the same miles in all', () => {
      const { trips, miles } = played.one(
        'SELECT count(*) AS trips, sum(distance_miles) AS miles FROM replay_car_trip WHERE device = ?',
        car.device,
      );
      expect(trips).toBe(car.trips);
      expect(Number(miles)).toBeCloseTo(car.tripMiles, 3);
    });

    test('the holes in its samples can be seen', () => {
      const { holes } = played.one(
        `WITH steps AS (
           SELECT at_ms - lag(at_ms) OVER (PARTITION BY substr(time, 1, 10) ORDER BY at_ms, seq, idx) AS ms
           FROM replay_car_speed WHERE device = ?
         ) SELECT count(*) AS holes FROM steps WHERE ms > 1000`,
        car.device,
      );
      expect(holes).toBe(car.holes);
    });

    test('the longest hole of each trip is the one that the trip tells', () => {
      const wrong = played.all(
        `WITH steps AS (
           SELECT at_ms, (at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx)) / 1000 AS hole
           FROM replay_car_speed WHERE device = ?
         ), trips AS (SELECT at_ms, duration_s, longest_hole_s FROM replay_car_trip WHERE device = ?)
         SELECT trips.at_ms, longest_hole_s, max(hole) AS seen FROM trips JOIN steps
         ON steps.at_ms > trips.at_ms AND steps.at_ms <= trips.at_ms + trips.duration_s * 1000
         GROUP BY trips.at_ms HAVING seen <> longest_hole_s`,
        car.device,
        car.device,
      );
      expect(wrong).toEqual([]);
    });
  });

  test('the top speed of the first car of the household is 78.12 mph', () => {
    const { top } = played.one(
      "SELECT max(value_miles_per_h) AS top FROM replay_car_speed WHERE device = 'car-4116813_1'",
    );
    expect(top).toBe(78.12);
  });
});
