import { counter, event, gauge, int, oneOf, product, series, session, state } from '@usewire/protocol/model';

/** A bed with two sides. */
export const bedModel = product('acme.bed', 1, {
  title: 'Adjustable bed with two sides',
  purposes: {
    service: { basis: 'contract', code: 'service_provision', title: 'Keep the bed working' },
    improve: { basis: 'consent', code: 'product_improvement', title: 'Learn how beds are used' },
    health: { basis: 'consent', code: 'personalisation', special: true, title: 'Show people their sleep' },
  },
  subjects: ['left', 'right'],
  points: {
    heart_rate: series({
      id: 1,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      unit: '{beat}/min',
      range: [25, 220],
      outside: 'keep',
      periodMs: 1000,
      priority: 'bulk',
      title: 'Heart rate',
    }),
    movement: series({
      id: 2,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      unit: '{count}/min',
      range: [0, 1000],
      periodMs: 60_000,
      title: 'Movement',
    }),
    sleep: session({
      id: 3,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      attributes: {
        in_bed_min: int(0, 2880, { unit: 'min' }),
        latency_min: int(0, 2880, { unit: 'min' }),
        asleep_min: int(0, 2880, { unit: 'min' }),
        awake_min: int(0, 2880, { unit: 'min', description: 'Awake after falling asleep' }),
        awakenings: int(0, 500),
      },
      title: 'Night',
    }),
    occupancy: state({
      id: 4,
      for: 'service',
      perSubject: true,
      values: ['empty', 'occupied'],
      title: 'In bed',
    }),
    position: event({
      id: 5,
      for: 'improve',
      attributes: {
        preset: oneOf('flat', 'zero_g', 'tv', 'lounge'),
        source: oneOf('remote', 'app', 'voice', 'automatic'),
      },
      title: 'Position chosen',
    }),
    massage: session({
      id: 6,
      for: 'improve',
      attributes: { program: oneOf('wave', 'pulse', 'relax'), intensity: int(1, 5) },
      title: 'Massage',
    }),
    light: state({ id: 7, for: 'improve', values: ['off', 'low', 'bright'], title: 'Light under the bed' }),
    lift_cycles: counter({ id: 8, for: 'service', sensitivity: 'ordinary', unit: '{cycle}', title: 'Lifts' }),
    motor_temperature: gauge({
      id: 9,
      for: 'service',
      sensitivity: 'ordinary',
      unit: 'Cel',
      scale: 0.1,
      range: [-20, 150],
      title: 'Temperature of the motor',
    }),
  },
});
