import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

describeRecordings('car-obd-tracks', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('the drive arrives once and whole', () => played.expectWhole(1));

  test('its 368 readings lie between its begin and end', () => {
    expect(
      played.one(
        'SELECT count(*) AS readings, min(time) AS first, max(time) AS last FROM replay_obd_reading',
      ),
    ).toEqual({ readings: 368, first: '2020-03-25T16:31:52.000Z', last: '2020-03-25T17:02:42.000Z' });
  });

  test('the consumption adds up to 3.60 l', () => {
    const { litres } = played.one(
      `WITH steps AS (
         SELECT consumption_l_per_h AS rate, lead(at_ms) OVER (ORDER BY at_ms, seq, idx) - at_ms AS ms
         FROM replay_obd_reading
       ) SELECT sum(rate * ms) / 3600000 AS litres FROM steps`,
    );
    expect(Number(litres)).toBeCloseTo(3.6, 2);
  });

  test('the points are 42.96 km apart in all, and the phone said 43.056', () => {
    const { km } = played.one(
      `WITH places AS (SELECT radians(position_lat) AS lat, radians(position_lon) AS lon, at_ms, seq, idx
         FROM replay_obd_reading
       ), pairs AS (SELECT lat, lon, lag(lat) OVER recorded AS lat0, lag(lon) OVER recorded AS lon0
         FROM places WINDOW recorded AS (ORDER BY at_ms, seq, idx))
       SELECT sum(2 * 6371 * asin(sqrt(
         pow(sin((lat - lat0) / 2), 2) + cos(lat) * cos(lat0) * pow(sin((lon - lon0) / 2), 2)))) AS km FROM pairs`,
    );
    expect(Number(km).toFixed(2)).toBe('42.96');
    expect(played.one('SELECT distance_km, maker, car_model, year FROM replay_obd_drive')).toEqual({
      distance_km: 43.056,
      maker: 'Dodge',
      car_model: 'Caliber',
      year: 2007,
    });
  });

  test('engine speed and speed are in range, and one point lacks what the adapter reads', () => {
    const row = played.one(
      `SELECT round(min(engine_speed_turn_per_min)) AS slow, round(max(engine_speed_turn_per_min)) AS fast,
         min(speed_km_per_h) AS stand, round(max(speed_km_per_h), 1) AS top,
         sum(engine_speed_turn_per_min IS NULL) AS without_engine,
         sum(speed_km_per_h IS NULL AND consumption_l_per_h IS NULL) AS without_adapter,
         sum(gps_speed_km_per_h IS NULL) AS without_gps FROM replay_obd_reading`,
    );
    expect(row).toEqual({
      slow: 676,
      fast: 3580,
      stand: 0,
      top: 135.4,
      without_engine: 1,
      without_adapter: 1,
      without_gps: 0,
    });
  });
});
