import { load } from './packages.mjs';

const { event, gauge, int, oneOf, product, series, state, encodeModel, modelTable } =
  await load('@usewire/protocol/model');

export const WORDS = ['north', 'east', 'south', 'west'];
export const PHASES = ['idle', 'warm', 'busy', 'done'];
/** The devices' clocks and their series go in these steps. */
export const STEP_MS = 100;
export const TENANT = 'chaos';

/** Points of each kind whose records can be told one from another by what is in them, in three priorities. */
export const chaosModel = product('chaos.probe', 1, {
  title: 'Device of a chaos run',
  purposes: {
    service: { basis: 'contract', code: 'service_provision', title: 'Prove that nothing is lost' },
  },
  points: {
    step: event({ id: 1, for: 'service', attributes: { n: int(0, 1_000_000_000), word: oneOf(...WORDS) } }),
    press: event({
      id: 2,
      for: 'service',
      priority: 'critical',
      attributes: { n: int(0, 1_000_000_000) },
    }),
    level: gauge({ id: 3, for: 'service', unit: 'Cel', scale: 0.1, range: [-40, 125] }),
    phase: state({ id: 4, for: 'service', values: PHASES }),
    wave: series({
      id: 5,
      for: 'service',
      scale: 0.1,
      range: [-1000, 1000],
      periodMs: STEP_MS,
      priority: 'bulk',
    }),
  },
});
export const chaosTable = modelTable(chaosModel);
export const chaosModelBytes = encodeModel(chaosModel);

export const deviceName = (index) => `probe-${String(index + 1).padStart(3, '0')}`;
