// A car with trips: a session a trip, an odometer, speed once a second, hard braking as it happens.
// Prints: ^accepted 64, queued 0
import { counter, event, int, num, oneOf, product, series, session, start } from '@usewire/device-sdk';

const car = product('acme.car-lite', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    trip: session({
      id: 1,
      for: 'service',
      attributes: { distance_km: num({ scale: 0.001, range: [0, 5000], unit: 'km' }) },
    }),
    odometer: counter({ id: 2, for: 'service', unit: 'm' }),
    speed: series({ id: 3, for: 'service', unit: 'km/h', scale: 0.1, range: [0, 300], periodMs: 1000 }),
    hard_braking: event({
      id: 4,
      for: 'service',
      priority: 'critical',
      attributes: { from_kmh: int(0, 300, { unit: 'km/h' }), surface: oneOf('dry', 'wet', 'snow') },
    }),
  },
});
const gateway = process.env.USEWIRE_GATEWAY ?? 'mqtt://127.0.0.1:1883';
const pou = start(car, { gateway, tenant: 'acme', device: 'car-1', dataDir: './car-data' });

for (const turn of [1, 2]) {
  const trip = pou.trip.start();
  let metres = 0;
  for (let second = 0; second < 30; second++) {
    const kmh = Math.min(50, 4 * second);
    pou.speed.add(kmh);
    metres += kmh / 3.6;
  }
  if (turn === 2) pou.hard_braking({ from_kmh: 50, surface: 'wet' });
  pou.odometer.add(Math.round(metres));
  trip.end({ distance_km: metres / 1000 });
}

await pou.stop({ drainMs: 10_000 });
const { accepted, queued } = pou.status();
console.log(`accepted ${accepted}, queued ${queued}`);
