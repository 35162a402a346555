import { counter, event, int, num, oneOf, product, series, session, state } from '@usewire/protocol/model';

/** A dishwasher, washing machine or coffee maker: one board, one model. */
export const applianceModel = product('acme.appliance', 1, {
  title: 'Household appliance',
  purposes: {
    service: { basis: 'contract', code: 'maintenance', title: 'Maintenance and repair' },
    improve: { basis: 'consent', code: 'product_improvement', title: 'Learn how appliances are used' },
    energy: { basis: 'consent', code: 'service_optimisation', title: 'Show what a cycle costs' },
  },
  points: {
    cycle: session({
      id: 1,
      for: 'improve',
      attributes: {
        program: oneOf('eco', 'normal', 'quick', 'intensive', 'cotton', 'delicate', 'espresso', 'pot'),
        outcome: oneOf('done', 'aborted'),
        energy_wh: num({ unit: 'W.h', scale: 0.1, range: [0, 10_000] }),
      },
      title: 'Cycle',
    }),
    phase: state({
      id: 2,
      for: 'service',
      values: ['idle', 'fill', 'heat', 'wash', 'rinse', 'spin', 'drain', 'dry', 'brew', 'warm', 'error'],
      title: 'Phase',
    }),
    power: series({
      id: 3,
      for: 'energy',
      unit: 'W',
      range: [0, 4000],
      periodMs: 10_000,
      priority: 'bulk',
      title: 'Power',
    }),
    energy: counter({ id: 4, for: 'energy', unit: 'W.h', scale: 0.1, title: 'Energy since start' }),
    door: event({
      id: 5,
      for: 'service',
      attributes: { action: oneOf('opened', 'closed'), during_cycle: oneOf('no', 'yes') },
      title: 'Door',
    }),
    fault: event({
      id: 6,
      for: 'service',
      sensitivity: 'ordinary',
      priority: 'critical',
      attributes: {
        code: oneOf('water_inlet', 'drain', 'heater', 'door_open'),
        phase_seconds: int(0, 100_000, { unit: 's' }),
      },
      title: 'Fault',
    }),
  },
});
