import { event, gauge, int, oneOf, product, session } from '@usewire/protocol/model';

/** A guest's wristband in a park: a tap opens doors, pays, and keeps places in a queue. */
export const wristbandModel = product('acme.wristband', 1, {
  title: 'Guest wristband',
  purposes: {
    service: { basis: 'contract', code: 'service_provision', title: 'Entry and payment' },
    improve: { basis: 'consent', code: 'product_improvement', title: 'Learn how guests move' },
  },
  points: {
    tap: event({
      id: 1,
      for: 'service',
      priority: 'critical',
      attributes: {
        place: oneOf('gate', 'lockers', 'slide', 'waves', 'river', 'sauna', 'cafe', 'shop', 'lawn', 'tower'),
        what: oneOf('enter', 'leave', 'pay', 'lock', 'unlock', 'ride'),
        amount_cent: int(0, 100_000, { optional: true }),
      },
      title: 'Tap',
    }),
    visit: session({
      id: 2,
      for: 'improve',
      attributes: { taps: int(0, 10_000), walked_m: int(0, 100_000, { unit: 'm' }) },
      title: 'Visit',
    }),
    battery: gauge({
      id: 3,
      for: 'service',
      sensitivity: 'ordinary',
      unit: '%',
      scale: 0.1,
      range: [0, 100],
      title: 'Battery',
    }),
  },
});
