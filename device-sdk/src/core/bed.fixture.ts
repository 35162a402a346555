import {
  bool,
  counter,
  distribution,
  event,
  gauge,
  int,
  num,
  oneOf,
  optional,
  product,
  series,
  session,
  state,
  text,
} from '@usewire/protocol/model';

/** A bed with two sides and every kind of point, for tests. */
export const bed = product('acme.bed', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation', special: true },
  },
  subjects: ['left', 'right'],
  intents: ['rest', 'care'],
  points: {
    position_changed: event({
      id: 1,
      for: 'service',
      perSubject: true,
      context: ['intent'],
      attributes: {
        preset: oneOf('flat', 'zero_g', 'tv'),
        angle: int(0, 60),
        by: optional(text({ maxBytes: 16 })),
      },
    }),
    lift_cycles: counter({ id: 2, for: 'service' }),
    motor_temp: gauge({ id: 3, for: 'service', unit: 'Cel', range: [-20, 120], scale: 0.1 }),
    light: state({ id: 4, for: 'service', values: ['off', 'warm', 'bright'] }),
    massage: session({
      id: 5,
      for: 'service',
      attributes: { program: oneOf('wave', 'pulse'), done: bool() },
    }),
    heart_rate: series({
      id: 6,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      unit: '{beat}/min',
      range: [25, 220],
      periodMs: 1000,
      priority: 'bulk',
    }),
    noise: distribution({ id: 7, for: 'service', scale: 0.1 }),
    overheat: event({
      id: 8,
      for: 'service',
      priority: 'critical',
      attributes: { celsius: num({ scale: 0.1 }) },
    }),
    count: event({ id: 9, for: 'service', attributes: { n: int(0, 1_000_000) } }),
    sound: series({ id: 10, for: 'service', periodMs: 100, range: [0, 255], priority: 'bulk' }),
  },
});
