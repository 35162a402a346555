import type { Random } from '../random/stream.ts';

/** One stretch of road: how fast its traffic goes, for how long, and the stop at its end (0 = none). */
export interface Stretch {
  cruiseMps: number;
  seconds: number;
  stopSeconds: number;
}

export interface Motion {
  speedMps: number;
  /** Index of the stretch, and seconds spent in it. */
  stretch: number;
  inStretch: number;
  stopped: number;
  odometerM: number;
  fuelMl: number;
  hardBrakings: number;
}

/** A route of about `minutes`: town at both ends, the longer trips with open road between. */
export function route(minutes: number, random: Random): Stretch[] {
  const stretches: Stretch[] = [];
  let left = minutes * 60;
  while (left > 0) {
    const inTown = minutes < 18 || left < 400 || left > minutes * 60 - 400;
    const seconds = inTown ? random.int(20, 110) : random.int(120, 500);
    const cruiseMps = inTown ? random.between(7, 16) : random.between(20, 35);
    stretches.push({ cruiseMps, seconds, stopSeconds: inTown && random.chance(0.6) ? random.int(3, 45) : 0 });
    left -= seconds;
  }
  return stretches;
}

const ACCELERATION = 1.6;
const BRAKING = -2.2;
const HARD_BRAKING = -6.5;
/** Ml per second idling, per metre, and per metre and m/s above 20. */
const IDLE_ML = 0.22;
const ML_PER_M = 0.052;
const ML_FAST = 0.0016;

/** True when the drive is over: the last stretch is done and the car stands. */
export function arrived(motion: Motion, roads: readonly Stretch[]): boolean {
  return motion.stretch >= roads.length && motion.speedMps === 0;
}

/** One second of driving; the distance is the trapezoid under the speed. */
export function drive(motion: Motion, roads: readonly Stretch[], random: Random): Motion {
  const road = roads[motion.stretch];
  const ending = road === undefined || motion.inStretch >= road.seconds;
  const standing = ending && (road === undefined || road.stopSeconds > 0);
  const target = standing ? 0 : (road?.cruiseMps ?? 0) + random.bell(0, 0.6);
  const hard = standing && motion.speedMps > 9 && random.chance(0.006);
  const limit = hard ? HARD_BRAKING : BRAKING;
  const change = Math.min(ACCELERATION, Math.max(limit, target - motion.speedMps));
  const speedMps = Math.max(0, motion.speedMps + (hard ? limit : change));
  const metres = (motion.speedMps + speedMps) / 2;
  const used = IDLE_ML + metres * (ML_PER_M + ML_FAST * Math.max(0, speedMps - 20));
  const next = {
    ...motion,
    speedMps,
    odometerM: motion.odometerM + metres,
    fuelMl: Math.max(0, motion.fuelMl - used),
    hardBrakings: motion.hardBrakings + (hard ? 1 : 0),
  };
  return along(next, road, standing);
}

/** Where on the route the next second is: on, waiting at the end of a stretch, or on to the next one. */
function along(motion: Motion, road: Stretch | undefined, standing: boolean): Motion {
  if (road === undefined) return motion;
  if (motion.inStretch < road.seconds) return { ...motion, inStretch: motion.inStretch + 1 };
  if (!standing) return { ...motion, stretch: motion.stretch + 1, inStretch: 0 };
  if (motion.speedMps > 0) return motion;
  if (motion.stopped < road.stopSeconds) return { ...motion, stopped: motion.stopped + 1 };
  return { ...motion, stretch: motion.stretch + 1, inStretch: 0, stopped: 0 };
}
