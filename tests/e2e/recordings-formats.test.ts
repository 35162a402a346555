import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Played, playFolder } from '../support/recordings.ts';

const gpx = `<?xml version="1.0"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
<trk><name>To the lake and back</name><trkseg>
<trkpt lat="47.0000000" lon="8.0000000"><ele>400.2</ele><time>2024-05-01T23:59:58Z</time>
<extensions><ns3:TrackPointExtension><ns3:hr>118</ns3:hr></ns3:TrackPointExtension></extensions></trkpt>
<trkpt lat="47.0001000" lon="8.0000000"><time>2024-05-01T23:59:59Z</time></trkpt>
<trkpt lat="47.0001000" lon="8.0000000"><time>2024-05-01T23:59:59Z</time></trkpt>
<trkpt lat="47.0002000" lon="8.0000000"></trkpt>
</trkseg><trkseg>
<trkpt lat="47.0003000" lon="8.0000000"><time>2024-05-02T00:05:00Z</time>
<extensions><ns3:TrackPointExtension><ns3:hr>251</ns3:hr></ns3:TrackPointExtension></extensions></trkpt>
</trkseg></trk></gpx>
`;

const car = `timestamp,cycle_sec,timestep,speed_mph,accel_meters_ps
2024-05-01 08:00:00,0,1,0.0,0.0
2024-05-01 08:00:01,1,1,3.6,3.6
2024-05-01 08:00:02,2,1,fast,3.6
2024-05-01 08:00:03,3
2024-05-01 08:00:10,10,7,7.2,3.6
2024-05-01 08:00:11,11,1,7.2,0.0
`;

/** Files made here, so that these run without any recording. */
describe('recordings with holes, repeated times and bad rows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-formats-'));
  let played: Played;
  beforeAll(async () => {
    writeFileSync(join(folder, 'lake.gpx'), gpx);
    writeFileSync(join(folder, 'commute.csv'), car);
    writeFileSync(join(folder, 'notes.csv'), 'monday,tuesday\nrain,sun\n');
    writeFileSync(join(folder, 'README.md'), 'not a recording');
    played = await playFolder(folder);
  }, 60_000);
  afterAll(() => {
    played?.close();
    rmSync(folder, { recursive: true });
  });

  test('bad rows are told with their line and counted, the others arrive', () => {
    expect(played.report.files).toMatchObject([
      {
        file: 'commute.csv',
        rows: 6,
        badRows: 2,
        accepted: 4,
        stored: 4,
        problems: [
          "line 4: speed_mph is 'fast', expected a number",
          'line 5: the row has 2 cells, expected 5',
        ],
      },
      {
        file: 'lake.gpx',
        device: 'lake',
        rows: 5,
        badRows: 1,
        accepted: 4,
        stored: 4,
        problems: ["line 8: <time> is '', expected a time such as 2015-08-15T14:45:08Z"],
      },
    ]);
  });

  test('a file of another kind is refused with what was seen, and the verdict says that not all was played', () => {
    expect(played.report.verdict).toBe('fail');
    expect(played.report.refused).toHaveLength(1);
    expect(played.report.refused[0]?.message).toContain("CSV that begins with 'monday, tuesday'");
  });

  test('a track keeps its repeated time, its pause across midnight and its impossible heart rate', () => {
    expect(
      played.all(
        `SELECT time, position_lat AS lat, altitude_m AS altitude, heart_rate_beat_per_min AS pulse, flags
         FROM replay_workout_track_point ORDER BY at_ms, seq, idx`,
      ),
    ).toEqual([
      { time: '2024-05-01T23:59:58.000Z', lat: 47, altitude: 400.2, pulse: 118, flags: null },
      { time: '2024-05-01T23:59:59.000Z', lat: 47.0001, altitude: null, pulse: null, flags: null },
      { time: '2024-05-01T23:59:59.000Z', lat: 47.0001, altitude: null, pulse: null, flags: null },
      {
        time: '2024-05-02T00:05:00.000Z',
        lat: 47.0003,
        altitude: null,
        pulse: 251,
        flags: 'attribute_out_of_range',
      },
    ]);
  });

  test('a series stops at a hole: no sample is moved or made up', () => {
    expect(
      played.all(
        'SELECT substr(time, 12, 8) AS time, value_miles_per_h AS mph FROM replay_car_speed ORDER BY at_ms',
      ),
    ).toEqual([
      { time: '08:00:00', mph: 0 },
      { time: '08:00:01', mph: 3.6 },
      { time: '08:00:10', mph: 7.2 },
      { time: '08:00:11', mph: 7.2 },
    ]);
  });
});
