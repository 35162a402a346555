import { event, gauge, int, num, product, series, session, state } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

export const postures = ['off', 'standing', 'sitting', 'lying'] as const;

const minutes = (description?: string) => int(0, 2880, { unit: 'min', description });
const index = () => num({ unit: '%', scale: 0.001, range: [0, 200], outside: 'keep' });

/** A watch and a chest strap at night. Impossible heart rates are bad contact: kept as they came, and flagged. */
export const sleep = product('replay.sleep', 1, {
  title: 'Recorded night',
  purposes: publishedData,
  points: {
    heart_rate: series({
      id: 1,
      for: 'research',
      unit: '{beat}/min',
      range: [25, 220],
      outside: 'keep',
      periodMs: 1000,
    }),
    movement: event({
      id: 2,
      for: 'research',
      attributes: {
        axis1: int(0, 65_535, { unit: '{count}', delta: true }),
        axis2: int(0, 65_535, { unit: '{count}', delta: true }),
        axis3: int(0, 65_535, { unit: '{count}', delta: true }),
        steps: int(0, 15, { unit: '{step}', outside: 'keep' }),
      },
    }),
    posture: state({ id: 3, for: 'research', values: postures }),
    beat: gauge({
      id: 4,
      for: 'research',
      description: 'Time since the beat before; over 2.4 s beats were lost',
      unit: 's',
      scale: 0.001,
      range: [0.25, 2.4],
      outside: 'keep',
      delta: true,
    }),
    night: session({
      id: 5,
      for: 'research',
      description:
        'From getting into bed to getting up, with the scored night; one session also across midnight',
      attributes: {
        participant: int(0, 1_000_000),
        in_bed: minutes(),
        asleep: minutes(),
        onset: minutes('From getting into bed to the first sleep, by the clock'),
        latency: minutes('Time to fall asleep, as scored'),
        awake_after_onset: minutes(),
        awakenings: int(0, 1000),
        awakening: num({ unit: 'min', scale: 0.01, range: [0, 1000], description: 'Mean length' }),
        efficiency: num({ unit: '%', scale: 0.01, range: [0, 100] }),
        movement_index: index(),
        fragmentation_index: index(),
        sleep_fragmentation_index: index(),
      },
    }),
  },
});
