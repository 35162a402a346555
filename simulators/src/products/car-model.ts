import {
  bool,
  counter,
  event,
  gauge,
  int,
  num,
  oneOf,
  product,
  series,
  session,
  state,
} from '@usewire/protocol/model';

/** A household car. It tells no positions. */
export const carModel = product('acme.car', 1, {
  title: 'Household car',
  purposes: {
    service: { basis: 'contract', code: 'service_provision', title: 'Maintenance and repair' },
    improve: { basis: 'consent', code: 'product_improvement', title: 'Learn how cars are driven' },
    safety: { basis: 'consent', code: 'security', title: 'Warn of risky driving' },
  },
  points: {
    ignition: state({ id: 1, for: 'service', values: ['off', 'on'], title: 'Ignition' }),
    trip: session({
      id: 2,
      for: 'improve',
      attributes: {
        distance_m: int(0, 5_000_000, { unit: 'm' }),
        top_kmh: int(0, 400, { unit: 'km/h' }),
        stops: int(0, 10_000),
        fuel_ml: int(0, 200_000, { unit: 'mL' }),
      },
      title: 'Trip',
    }),
    speed: series({
      id: 3,
      for: 'improve',
      unit: 'km/h',
      scale: 0.1,
      range: [0, 400],
      periodMs: 1000,
      priority: 'bulk',
      title: 'Speed',
    }),
    odometer: gauge({
      id: 4,
      for: 'service',
      sensitivity: 'ordinary',
      unit: 'm',
      range: [0, 2_000_000_000],
      delta: true,
      title: 'Odometer',
    }),
    distance: counter({
      id: 5,
      for: 'service',
      sensitivity: 'ordinary',
      unit: 'm',
      title: 'Distance since start',
    }),
    fuel: gauge({
      id: 6,
      for: 'service',
      sensitivity: 'ordinary',
      unit: 'L',
      scale: 0.01,
      range: [0, 150],
      title: 'Fuel in the tank',
    }),
    refuel: event({
      id: 7,
      for: 'improve',
      attributes: { litres: num({ unit: 'L', scale: 0.01, range: [0, 150] }) },
      title: 'Tank filled',
    }),
    hard_braking: event({
      id: 8,
      for: 'safety',
      priority: 'critical',
      attributes: {
        from_kmh: int(0, 400, { unit: 'km/h' }),
        deceleration_mps2: num({ unit: 'm/s2', scale: 0.1, range: [0, 30] }),
      },
      title: 'Hard braking',
    }),
    door: event({
      id: 9,
      for: 'service',
      attributes: { door: oneOf('driver', 'passenger', 'rear', 'boot'), opened: bool() },
      title: 'Door opened or closed',
    }),
  },
});
