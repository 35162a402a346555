import { expect, test } from 'vitest';
import { readGpx } from './gpx.ts';

const head = `<?xml version="1.0"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk>`;

function pointAt(second: string, lat = '47.1', more = ''): string {
  return `<trkpt lat="${lat}" lon="8.5"><ele>410</ele><time>2024-05-01T10:00:${second}Z</time>${more}</trkpt>`;
}

test('points with their sensors become track points', () => {
  const extra =
    '<extensions><x:TrackPointExtension><x:hr>140</x:hr><x:cad>85</x:cad></x:TrackPointExtension></extensions>';
  const outcome = readGpx(
    `${head}<trkseg>${pointAt('00')}${pointAt('01', '47.2', extra)}</trkseg></trk></gpx>`,
  );
  const actions = outcome.ok ? outcome.recording.actions : [];
  expect(actions[1]).toEqual({
    form: 'record',
    point: 'track_point',
    atMs: Date.parse('2024-05-01T10:00:01Z'),
    attributes: { position: { lat: 47.2, lon: 8.5 }, altitude: 410, heart_rate: 140, cadence: 85 },
  });
});

test('a point without time or place is told with its line and shifts no other point', () => {
  const outcome = readGpx(
    [
      head,
      '<trkseg>',
      pointAt('00'),
      '<trkpt lat="47.1" lon="8.5"/>',
      pointAt('02', 'north'),
      pointAt('03', '47.3'),
      '</trkseg></trk></gpx>',
    ].join('\n'),
  );
  expect(outcome).toMatchObject({
    ok: true,
    recording: {
      rows: 4,
      problems: [
        { line: 5, message: "<time> is '', expected a time such as 2015-08-15T14:45:08Z" },
        { line: 6, message: "the place is lat 'north' lon '8.5', expected degrees" },
      ],
    },
  });
  const actions = outcome.ok ? outcome.recording.actions : [];
  expect(actions.map((action) => new Date(action.atMs).getUTCSeconds())).toEqual([0, 3]);
  expect(actions[1]).toMatchObject({ attributes: { position: { lat: 47.3 } } });
});

test('a segment of a single point is kept', () => {
  const outcome = readGpx(
    `${head}<trkseg>${pointAt('00')}${pointAt('01')}</trkseg><trkseg>${pointAt('09')}</trkseg></trk></gpx>`,
  );
  expect(outcome.ok && outcome.recording.actions).toHaveLength(3);
});

test('a route is refused, since it has no times', () => {
  const outcome = readGpx(`${head.replace('<trk>', '')}<rte><rtept lat="1" lon="2"/></rte></gpx>`);
  expect(outcome).toEqual({
    ok: false,
    message: 'it is GPX with 0 track points, of which none can be played',
  });
});
