import { expect, test } from 'vitest';
import { readRecording } from './read.ts';
import type { Recording } from './recording.ts';
import { contextOf, lines } from './testing.ts';

function read(bytes: Uint8Array, name = 'x'): Recording {
  const outcome = readRecording(bytes, contextOf(name));
  if (!outcome.ok) {
    throw new Error(outcome.message);
  }
  return outcome.recording;
}

function refusal(bytes: Uint8Array): string {
  const outcome = readRecording(bytes, contextOf('x'));
  return outcome.ok ? `read as ${outcome.recording.layout}` : outcome.message;
}

const car = 'timestamp,cycle_sec,timestep,speed_mph,accel_meters_ps';

test('the content decides the format, whatever the name says', () => {
  expect(read(lines('20/05/2012 00:00:08;3;2'), 'drive.gpx').layout).toBe('CSV of a metering plug');
  expect(read(lines(car, '2007-05-18 13:37:34,0,1,12.5,0'), 'x.fit').layout).toBe(
    'CSV of a car, second by second',
  );
});

test('a byte order mark and CR LF line ends do no harm', () => {
  expect(read(lines(`\uFEFF${car}\r`, '2007-05-18 13:37:34,0,1,12.5,0\r')).actions).toEqual([
    { form: 'sample', point: 'speed', atMs: Date.UTC(2007, 4, 18, 13, 37, 34), value: 12.5 },
  ]);
});

test('a bad row is told with its line and what was expected, and the others are played', () => {
  const recording = read(
    lines(
      car,
      '2007-05-18 13:37:34,0,1,0.0,0',
      '2007-05-18 13:37:35,1,1,fast,0',
      '2007-05-18 13:37:36,2,1',
      '2007-02-30 13:37:37,3,1,4,0',
      '',
      '2007-05-18 13:37:38,4,1,4,0',
    ),
  );
  expect(recording.rows).toBe(5);
  expect(recording.actions).toHaveLength(2);
  expect(recording.problems).toEqual([
    { line: 3, message: "speed_mph is 'fast', expected a number" },
    { line: 4, message: 'the row has 3 cells, expected 5' },
    { line: 5, message: "timestamp is '2007-02-30 13:37:37', expected a time such as 2007-05-18 13:37:34" },
  ]);
});

test('a quote that is never closed spoils its own row only', () => {
  const recording = read(
    lines(car, '2007-05-18 13:37:34,0,1,"7,0', '2007-05-18 13:37:35,1,1,8,0', '2007-05-18 13:37:36,1,1,9,0'),
  );
  expect(recording.problems).toEqual([{ line: 2, message: "speed_mph is '\"7', expected a number" }]);
  expect(recording.actions).toHaveLength(2);
});

test('columns that no point of the model takes are named', () => {
  expect(read(lines('timestamp,speed_mph,mood', '2007-05-18 13:37:34,1,good')).ignored).toEqual(['mood']);
});

test('a day number counts from the first day, so a night goes on after midnight', () => {
  const recording = read(lines('day,time,ibi_s', '1,23:59:59,0.9', '2,00:00:00,1.1', '2,00:00:00,0.8'));
  expect(recording.actions.map((action) => new Date(action.atMs).toISOString())).toEqual([
    '2020-01-01T23:59:59.000Z',
    '2020-01-02T00:00:00.000Z',
    '2020-01-02T00:00:00.000Z',
  ]);
  expect(recording.actions.map((action) => action.form === 'record' && action.value)).toEqual([
    0.9, 1.1, 0.8,
  ]);
});

test('an espresso shot takes its date from the list beside it, and a goal of -1 is no goal', () => {
  const header =
    'elapsed_s,pressure_bar,flow_ml_s,temperature_c,weight_g,pressure_goal_bar,flow_goal_ml_s,temperature_goal_c';
  const context = contextOf('decent-1.csv', {
    sibling: () => 'shot,machine,started_at_utc\ndecent-1,Decent DE1,2021-10-19T08:07:44Z\n',
  });
  const outcome = readRecording(
    lines(header, '0.044,0,,88,0,-1,6,88', '0.269,0.87,4.24,87.2,0.5,-1,-1,88'),
    context,
  );
  const actions = outcome.ok ? outcome.recording.actions : [];
  expect(actions[0]).toEqual({
    form: 'record',
    point: 'reading',
    atMs: Date.parse('2021-10-19T08:07:44.044Z'),
    attributes: { pressure: 0, temperature: 88, weight: 0, flow_goal: 6, temperature_goal: 88 },
  });
  expect(actions[2]).toMatchObject({
    form: 'session',
    point: 'shot',
    endMs: Date.parse('2021-10-19T08:07:44.269Z'),
  });
});

test('a plug tells its runs, joined over short idle times, and which end of them it did not see', () => {
  const row = (time: string, watts: number) => `20/05/2012 ${time};${watts};0`;
  const recording = read(
    lines(
      row('00:00:00', 100),
      row('00:00:20', 0),
      row('12:00:00', 50),
      row('12:09:00', 0),
      row('12:10:00', 60),
    ),
  );
  const runs = recording.actions.filter((action) => action.point === 'run');
  expect(runs.map((run) => run.form === 'session' && run.attributes)).toMatchObject([
    { seen: 'end', peak: 100, energy: (100 * 10) / 3600 },
    { seen: 'start', peak: 60, energy: (110 * 10) / 3600 },
  ]);
});

test.each([
  ['nothing', new Uint8Array(), 'it is empty'],
  ['binary', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'it is binary and begins with ff d8 ff e0'],
  ['other XML', lines('<kml></kml>'), 'root <kml>'],
  ['broken XML', lines('<gpx>', '<trk></gpx>'), 'it is XML that cannot be read'],
  ['other JSON', lines('{"type":"Point"}'), "it is JSON of type 'Point'"],
  ['broken JSON', lines('{"type":'), 'it begins like JSON but is none'],
  ['other GeoJSON', lines('{"type":"FeatureCollection","features":[{}]}'), 'without "phenomenons"'],
  ['other CSV', lines('a,b,c', '1,2,3'), "CSV that begins with 'a, b, c'"],
  ['CSV of bad rows only', lines(car, 'x,x,x,x,x'), 'the first bad one is line 2: timestamp'],
  ['a header only', lines(car), 'none of its 0 rows can be played'],
])('%s is refused with what was seen', (_name, bytes, message) => {
  expect(refusal(bytes)).toContain(message);
});
