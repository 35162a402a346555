import { counter, event, gauge, int, oneOf, product, series, session, state } from '@usewire/protocol/model';

/** A watch or band worn day and night. */
export const wearableModel = product('acme.wearable', 1, {
  title: 'Wearable',
  purposes: {
    service: { basis: 'contract', code: 'service_provision', title: 'Keep the band working' },
    improve: { basis: 'consent', code: 'product_improvement', title: 'Learn how bands are used' },
    health: { basis: 'consent', code: 'personalisation', special: true, title: 'Show people their health' },
  },
  points: {
    heart_rate: series({
      id: 1,
      for: 'health',
      sensitivity: 'special',
      unit: '{beat}/min',
      range: [25, 230],
      outside: 'keep',
      periodMs: 1000,
      priority: 'bulk',
      title: 'Heart rate',
    }),
    steps: counter({ id: 2, for: 'health', unit: '{step}', title: 'Steps' }),
    activity: session({
      id: 3,
      for: 'health',
      sensitivity: 'special',
      attributes: {
        kind: oneOf('walk', 'run', 'ride', 'gym'),
        average_bpm: int(25, 230, { unit: '{beat}/min' }),
        peak_bpm: int(25, 230, { unit: '{beat}/min' }),
        steps: int(0, 200_000),
      },
      title: 'Activity',
    }),
    battery: gauge({
      id: 4,
      for: 'service',
      sensitivity: 'ordinary',
      unit: '%',
      scale: 0.1,
      range: [0, 100],
      delta: true,
      title: 'Battery',
    }),
    charging: state({
      id: 5,
      for: 'service',
      sensitivity: 'ordinary',
      values: ['no', 'yes'],
      title: 'Charging',
    }),
    worn: state({ id: 6, for: 'service', values: ['off', 'wrist'], title: 'Worn' }),
    tap: event({
      id: 7,
      for: 'improve',
      attributes: {
        gesture: oneOf('single', 'double', 'long'),
        screen: oneOf('clock', 'message', 'alarm', 'workout'),
      },
      title: 'Tap on the glass',
    }),
  },
});
