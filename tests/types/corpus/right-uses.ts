import {
  type ActorName,
  type AttributeValues,
  bool,
  type ConsentPurposeName,
  command,
  counter,
  encodeModel,
  event,
  gauge,
  int,
  type Model,
  modelTable,
  num,
  oneOf,
  product,
  type Recorders,
  setting,
  ucum,
} from '@usewire/protocol/model';
import { bed, points } from './bed.ts';

points.heart_rate.left.add(61);
points.moved({ preset: 'flat', angle: 3 });
points.moved({ preset: 'zero_g', angle: 3, source: 'app' }, { intent: 'relax', session: 7 });
points.moved({ preset: 'flat', angle: 3 }, { location: { lat: 1, lon: 2, accuracyM: 5 } });
points.noted();
points.noted({});
points.noted({ words: 'x', raw: new Uint8Array(2), place: { lat: 1, lon: 2 }, urgent: true, weight: 2.5 });
points.lifts.add();
points.lifts.add(3);
points.motor_temp.observe(41.5);
points.mode.set('eco', { by: 'timer' });
points.temperature.set(21.5);
points.overheat();

const night = points.sleep.left.start();
night.end({ score: 81 });
night.end({ score: 81, turns: 4 });
points.sleep.right.start({ score: 81 }).end();
points.sleep.right.start({ score: 81 }).end({ turns: 4 });
points.sleep.right.start({ turns: 4 }).end({ score: 1, turns: 5 });

export const generic: Model = bed;
export const table = modelTable(bed);
export const encoded = encodeModel(bed);
export const actor: ActorName<typeof bed> = 'guest';
export const asked: ConsentPurposeName<typeof bed> = 'health';
export const values: AttributeValues<typeof bed.points.moved.attributes> = { preset: 'flat', angle: 1 };

export const smallest = product('a', 1, {
  purposes: { run: { basis: 'legitimate_interest', code: 'security', title: 'Run', description: 'It runs' } },
  points: { on: counter({ id: 1, for: 'run' }) },
});
declare const few: Recorders<typeof smallest>;
few.on.add();

export const rich = product('acme.car-2', 7, {
  title: 'Car',
  purposes: { run: { basis: 'contract', code: 'maintenance' } },
  subjects: ['driver'],
  points: {
    fuel: gauge({
      id: 1,
      for: 'run',
      unit: 'L/h',
      scale: 0.01,
      range: [0, 50],
      outside: 'keep',
      delta: true,
    }),
    wear: gauge({ id: 65535, for: 'run', unit: ucum('mmol/L.h') }),
    taps: counter({
      id: 3,
      for: 'run',
      unit: '{tap}',
      perSubject: true,
      sensitivity: 'public',
      retentionDays: 1,
    }),
    warn: event({
      id: 4,
      for: 'run',
      attributes: { level: int(0, 9, { optional: true }) },
      priority: 'critical',
    }),
    big: event({ id: 5, for: 'run', attributes: { mass: num({ scale: 1000, unit: 'kg' }), on: bool() } }),
  },
  config: { period: setting({ id: 1, type: oneOf('short', 'long'), default: 'long' }) },
  commands: { blink: command({ id: 1, arguments: { seconds: int(1, 30) } }), stop: command({ id: 2 }) },
  rules: [{ when: 'fuel', above: 40, forMs: 5000, emit: 'warn' }],
});
declare const car: Recorders<typeof rich>;
car.taps.driver.add(2);
car.warn();
car.big({ mass: 1000, on: true });
