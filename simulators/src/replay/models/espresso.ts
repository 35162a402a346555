import { event, int, num, product, session, text } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

const pressure = () =>
  num({ unit: 'bar', scale: 0.001, range: [0, 16], outside: 'keep', optional: true, delta: true });
const flow = () =>
  num({ unit: 'mL/s', scale: 0.001, range: [0, 20], outside: 'keep', optional: true, delta: true });
const temperature = () =>
  num({ unit: 'Cel', scale: 0.001, range: [0, 130], outside: 'keep', optional: true, delta: true });
const weight = () =>
  num({ unit: 'g', scale: 0.01, range: [0, 500], outside: 'keep', optional: true, delta: true });

/** An espresso machine. Sensors have rates of their own, so a reading holds only what was read then; a goal left out is none. */
export const espresso = product('replay.espresso', 1, {
  title: 'Recorded espresso shot',
  purposes: publishedData,
  points: {
    reading: event({
      id: 1,
      for: 'research',
      attributes: {
        pressure: pressure(),
        flow: flow(),
        temperature: temperature(),
        weight: weight(),
        pressure_goal: pressure(),
        flow_goal: flow(),
        temperature_goal: temperature(),
      },
    }),
    shot: session({
      id: 2,
      for: 'research',
      resolutionMs: 1,
      attributes: {
        name: text({ optional: true }),
        machine: text({ optional: true }),
        samples: int(0, 1_000_000, { optional: true, delta: true }),
        top_pressure: pressure(),
        weight: weight(),
        source: text({ optional: true }),
      },
    }),
  },
});
