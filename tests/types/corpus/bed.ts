import {
  bool,
  bytes,
  counter,
  distribution,
  event,
  gauge,
  int,
  location,
  num,
  oneOf,
  optional,
  product,
  type Recorders,
  series,
  session,
  state,
  text,
} from '@usewire/protocol/model';

/** The product that the corpus records with. */
export const bed = product('acme.bed', 3, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'research', special: true },
  },
  subjects: ['left', 'right'],
  intents: ['sleep', 'relax'],
  actors: ['owner', 'guest'],
  points: {
    heart_rate: series({
      id: 1,
      unit: '/min',
      range: [25, 220],
      periodMs: 1000,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
    }),
    moved: event({
      id: 2,
      for: 'service',
      attributes: {
        preset: oneOf('flat', 'zero_g'),
        angle: int(0, 60),
        source: optional(oneOf('remote', 'app')),
      },
      context: ['session', 'intent', 'location'],
    }),
    noted: event({
      id: 3,
      for: 'service',
      attributes: {
        words: text({ optional: true }),
        raw: bytes({ optional: true }),
        place: location({ optional: true }),
        urgent: bool({ optional: true }),
        weight: num({ optional: true }),
      },
    }),
    lifts: counter({ id: 4, for: 'service' }),
    motor_temp: distribution({ id: 5, for: 'service', unit: 'Cel' }),
    mode: state({
      id: 6,
      for: 'service',
      values: ['eco', 'max'],
      attributes: { by: oneOf('hand', 'timer') },
    }),
    temperature: gauge({ id: 7, for: 'service', unit: 'Cel', scale: 0.1 }),
    sleep: session({
      id: 8,
      for: 'health',
      perSubject: true,
      attributes: { score: int(0, 100), turns: int(0, 500, { optional: true }) },
    }),
    overheat: event({ id: 9, for: 'service' }),
  },
});

export declare const points: Recorders<typeof bed>;
