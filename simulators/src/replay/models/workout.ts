import { event, int, location, num, oneOf, product, session, state, ucum } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

export const sports = ['running', 'cycling', 'walking', 'hiking', 'swimming', 'other'] as const;

/** Steps are those of the FIT profile, so that sums come out as the device counted them. */
const measured = {
  distance: num({ unit: 'm', scale: 0.01, range: [0, 10_000_000], optional: true, delta: true }),
  altitude: num({ unit: 'm', scale: 0.1, range: [-500, 9000], outside: 'keep', optional: true, delta: true }),
  speed: num({ unit: 'm/s', scale: 0.001, range: [0, 60], outside: 'keep', optional: true, delta: true }),
  heart_rate: int(30, 230, { unit: '{beat}/min', outside: 'keep', optional: true, delta: true }),
  cadence: int(0, 254, { unit: '{turn}/min', outside: 'keep', optional: true, delta: true }),
  power: int(0, 3000, { unit: 'W', outside: 'keep', optional: true, delta: true }),
  temperature: int(-40, 60, { unit: 'Cel', outside: 'keep', optional: true, delta: true }),
};

const running = {
  vertical_oscillation: num({ unit: 'mm', scale: 0.1, range: [0, 1000], outside: 'keep', optional: true }),
  stance_time: num({ unit: 'ms', scale: 0.1, range: [0, 2000], outside: 'keep', optional: true }),
  form_power: int(0, 1000, {
    unit: 'W',
    outside: 'keep',
    optional: true,
    description: 'Developer field of a foot pod',
  }),
  leg_spring_stiffness: num({
    unit: ucum('kN/m'),
    scale: 0.001,
    range: [0, 100],
    outside: 'keep',
    optional: true,
  }),
  footpod_speed: num({ unit: 'm/s', scale: 0.001, range: [0, 60], outside: 'keep', optional: true }),
  footpod_distance: int(0, 1_000_000, { unit: 'm', outside: 'keep', optional: true, delta: true }),
};

const sums = {
  distance: num({ unit: 'm', scale: 0.01, range: [0, 10_000_000], optional: true }),
  timer: num({
    unit: 's',
    scale: 0.01,
    range: [0, 1_000_000],
    optional: true,
    description: 'Time without pauses',
  }),
  energy: int(0, 100_000, { unit: 'kcal', optional: true }),
  average_heart_rate: int(30, 230, { unit: '{beat}/min', outside: 'keep', optional: true }),
  top_heart_rate: int(30, 230, { unit: '{beat}/min', outside: 'keep', optional: true }),
};

/** A sports watch, a bike computer or a foot pod. Track points differ in what they hold. */
export const workout = product('replay.workout', 1, {
  title: 'Recorded workout',
  purposes: publishedData,
  points: {
    track_point: event({
      id: 1,
      for: 'research',
      attributes: { position: location({ optional: true }), ...measured, ...running },
    }),
    timer: state({ id: 2, for: 'research', values: ['running', 'paused'] }),
    lap: session({ id: 3, for: 'research', resolutionMs: 1, attributes: sums }),
    workout: session({
      id: 4,
      for: 'research',
      resolutionMs: 1,
      attributes: { ...sums, sport: oneOf(...sports), points: int(0, 10_000_000) },
    }),
  },
});
