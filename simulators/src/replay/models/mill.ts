import { event, int, num, product, state, ucum } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

/** Motors of the machine and the prefix of their columns. */
export const motors = [
  { point: 'x_axis', prefix: 'X1' },
  { point: 'y_axis', prefix: 'Y1' },
  { point: 'z_axis', prefix: 'Z1' },
  { point: 'spindle', prefix: 'S1' },
] as const;

/** 'end' and 'End' are what the source wrote. Both stay, since a store that folded them could not be compared with it. */
export const phases = [
  'Starting',
  'Prep',
  'Layer 1 Up',
  'Layer 1 Down',
  'Layer 2 Up',
  'Layer 2 Down',
  'Layer 3 Up',
  'Layer 3 Down',
  'Repositioning',
  'End',
  'end',
] as const;
export const toolConditions = ['unworn', 'worn'] as const;

/** The source has three digits; steps are fine enough to keep them for all but readings that are noise around zero. */
const motor = {
  position: num({ unit: 'mm', scale: 0.001, delta: true }),
  velocity: num({ unit: 'mm/s', scale: 0.00001, delta: true }),
  acceleration: num({ unit: ucum('mm/s2'), scale: 0.0001, delta: true }),
  wanted_position: num({ unit: 'mm', scale: 0.001, delta: true }),
  wanted_velocity: num({ unit: 'mm/s', scale: 0.00001, delta: true }),
  wanted_acceleration: num({ unit: ucum('mm/s2'), scale: 0.0001, delta: true }),
  current: num({ unit: 'A', scale: 0.00001, delta: true }),
  bus_voltage: num({ unit: 'V', scale: 0.0001, delta: true }),
  output_current: num({ unit: 'A', scale: 0.1, delta: true }),
  output_voltage: num({ unit: 'V', scale: 0.001, delta: true }),
  output_power: num({ unit: 'kW', scale: 1e-9, optional: true, delta: true }),
  inertia: num({ unit: ucum('kg.m2'), scale: 0.001, optional: true }),
} as const;

const columnNames: Record<keyof typeof motor, string> = {
  position: 'ActualPosition',
  velocity: 'ActualVelocity',
  acceleration: 'ActualAcceleration',
  wanted_position: 'CommandPosition',
  wanted_velocity: 'CommandVelocity',
  wanted_acceleration: 'CommandAcceleration',
  current: 'CurrentFeedback',
  bus_voltage: 'DCBusVoltage',
  output_current: 'OutputCurrent',
  output_voltage: 'OutputVoltage',
  output_power: 'OutputPower',
  inertia: 'SystemInertia',
};

/** Attribute of a motor's record -> its column in the file. */
export function motorColumns(prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(columnNames).map(([attribute, name]) => [attribute, `${prefix}_${name}`]),
  );
}

/** A CNC mill: one record a motor and 100 ms; phase and tool when they change. */
export const mill = product('replay.mill', 1, {
  title: 'Recorded run of a milling machine',
  purposes: publishedData,
  points: {
    x_axis: event({ id: 1, for: 'research', resolutionMs: 100, attributes: motor }),
    y_axis: event({ id: 2, for: 'research', resolutionMs: 100, attributes: motor }),
    z_axis: event({ id: 3, for: 'research', resolutionMs: 100, attributes: motor }),
    spindle: event({ id: 4, for: 'research', resolutionMs: 100, attributes: motor }),
    feed: event({
      id: 5,
      for: 'research',
      resolutionMs: 100,
      attributes: {
        program: int(0, 1_000_000),
        line: int(0, 1_000_000, { description: 'Line of G-code' }),
        feed: num({
          scale: 0.1,
          range: [0, 100_000],
          description: 'Feed rate; 50 where no cutting feed applies',
        }),
      },
    }),
    phase: state({ id: 6, for: 'research', values: phases }),
    tool: state({ id: 7, for: 'research', values: toolConditions }),
  },
});
