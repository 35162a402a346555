import {
  counter,
  distribution,
  event,
  gauge,
  location,
  modelTable,
  num,
  oneOf,
  product,
  series,
  session,
  state,
} from '@usewire/protocol/model';
import { toHex } from '@usewire/protocol/wire';

/** A bed with every kind of point: what the tests of the outside half send around. */
export const bedModel = product('smart_bed', 1, {
  purposes: { comfort: { basis: 'contract', code: 'service_provision' } },
  subjects: ['left', 'right'],
  points: {
    heart_rate: series({
      id: 1,
      for: 'comfort',
      unit: '/min',
      range: [25, 230],
      outside: 'keep',
      periodMs: 1_000,
    }),
    in_bed: session({ id: 2, for: 'comfort', attributes: { mattress: oneOf('soft', 'hard') } }),
    lifted: event({
      id: 3,
      for: 'comfort',
      attributes: {
        angle: num({ unit: 'deg', scale: 0.1, range: [0, 60] }),
        place: location({ optional: true }),
      },
    }),
    temperature: gauge({ id: 4, for: 'comfort', unit: 'Cel', scale: 0.1, range: [-20, 60], outside: 'keep' }),
    mode: state({ id: 5, for: 'comfort', values: ['flat', 'zero_g'] }),
    lifts: counter({ id: 6, for: 'comfort' }),
    noise: distribution({ id: 7, for: 'comfort', unit: 'dB' }),
  },
});

export const bedTable = modelTable(bedModel);
export const bedHash = toHex(bedTable.hash.subarray(0, 4));

/** Index of a point in the table, for `encodeRecords`. */
export function bedPoint(name: string): number {
  const index = bedTable.points.findIndex((point) => point.name === name);
  if (index < 0) throw new Error(`the bed has no point ${name}`);
  return index;
}
