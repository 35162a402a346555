import {
  bool,
  bytes,
  counter,
  distribution,
  event,
  gauge,
  int,
  modelTable,
  oneOf,
  optional,
  product,
  series,
  session,
  state,
  text,
} from '@usewire/protocol/model';

/** A small product with a point of every kind and a field of every type; vectors/models/lamp.json is this model. */
export const lamp = product('usewire.lamp', 1, {
  purposes: { service: { code: 'service_provision', basis: 'contract' } },
  subjects: ['left', 'right'],
  intents: ['read', 'relax'],
  actors: ['adult', 'child'],
  points: {
    tapped: event({
      id: 1,
      for: 'service',
      attributes: {
        finger: oneOf('thumb', 'index', 'other'),
        hard: bool(),
        force: optional(int(0, 1000)),
        note: optional(text({ maxBytes: 32 })),
        raw: optional(bytes({ maxBytes: 32 })),
      },
      context: ['session', 'location', 'intent', 'actor'],
    }),
    turns: counter({ id: 2, for: 'service' }),
    warmth: gauge({ id: 3, for: 'service', range: [-20, 80], scale: 0.1, outside: 'keep', delta: true }),
    mode: state({ id: 4, for: 'service', values: ['off', 'warm', 'cold'] }),
    use: session({ id: 5, for: 'service', attributes: { score: int(0, 100) } }),
    dim: gauge({ id: 6, for: 'service', range: [0, 100] }),
    drift: gauge({ id: 7, for: 'service' }),
    blinked: event({ id: 8, for: 'service' }),
    pulse: series({ id: 30, for: 'service', range: [25, 220], periodMs: 1000 }),
    load: distribution({ id: 300, for: 'service', scale: 0.1 }),
  },
});

export const lampTable = modelTable(lamp);

/** Index of a point in the table, as the packed form counts. */
export function pointAt(name: string): number {
  const index = lampTable.points.findIndex((point) => point.name === name);
  if (index < 0) throw new Error(`no point ${name}`);
  return index;
}
