import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecordings, type Played, playFolder } from '../support/recordings.ts';

const layers = [
  'Layer 1 Up',
  'Layer 1 Down',
  'Repositioning',
  'Layer 2 Up',
  'Layer 2 Down',
  'Layer 3 Up',
  'Layer 3 Down',
];
const runs = [
  {
    device: 'experiment_01',
    rows: 1055,
    tool: 'unworn',
    amperes: [-0.694, 62.0],
    phases: new Set(['Starting', 'Prep', ...layers, 'end']),
  },
  {
    device: 'experiment_04',
    rows: 532,
    tool: 'unworn',
    amperes: [-3.61, 75.4],
    phases: new Set(['Prep', 'Layer 1 Up', 'End']),
  },
  {
    device: 'experiment_06',
    rows: 1296,
    tool: 'worn',
    amperes: [-5.1, 65.4],
    phases: new Set(['Prep', ...layers, 'End']),
  },
];

describeRecordings('cnc-tool-wear', (path) => {
  let played: Played;
  beforeAll(async () => {
    played = await playFolder(path);
  }, 120_000);
  afterAll(() => played?.close());

  test('all three runs arrive once and whole', () => played.expectWhole(3));

  describe.each(runs)('$device', (run) => {
    test('each of four motors has a record every 100 ms', () => {
      for (const motor of ['x_axis', 'y_axis', 'z_axis', 'spindle']) {
        expect(
          played.one(
            `WITH steps AS (
               SELECT at_ms - lag(at_ms) OVER (ORDER BY at_ms, seq, idx) AS ms FROM replay_mill_${motor} WHERE device = ?
             ) SELECT count(*) AS rows, min(ms) AS least, max(ms) AS most FROM steps`,
            run.device,
          ),
          motor,
        ).toEqual({ rows: run.rows, least: 100, most: 100 });
      }
    });

    test('the current of the spindle', () => {
      expect(
        played.one(
          'SELECT min(current_a) AS low, max(current_a) AS high FROM replay_mill_spindle WHERE device = ?',
          run.device,
        ),
      ).toEqual({ low: run.amperes[0], high: run.amperes[1] });
    });

    test('the tool and the phases, as the source wrote them', () => {
      expect(played.all('SELECT state FROM replay_mill_tool WHERE device = ?', run.device)).toEqual([
        { state: run.tool },
      ]);
      const phases = played.all('SELECT DISTINCT state FROM replay_mill_phase WHERE device = ?', run.device);
      expect(new Set(phases.map((row) => row.state))).toEqual(run.phases);
    });
  });

  test('every record lies in a phase, so that the time in each can be told', () => {
    const { outside } = played.one(
      `SELECT count(*) AS outside FROM replay_mill_spindle AS spindle WHERE NOT EXISTS (
         SELECT 1 FROM replay_mill_phase AS phase WHERE phase.device = spindle.device AND phase.at_ms <= spindle.at_ms)`,
    );
    expect(outside).toBe(0);
  });
});
