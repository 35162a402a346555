import { MINUTE } from '../people/calendar.ts';
import { type DayPlan, type Household, nightAt, type Person, planAt } from '../people/household.ts';
import type { Random } from '../random/stream.ts';

export type Doing = 'asleep' | 'sitting' | 'walking' | 'exercise';
export const ACTIVITY_KINDS = ['walk', 'run', 'ride', 'gym'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** What a person does in the minute that starts at `nowMs`. */
export function doingAt(home: Household, person: Person, nowMs: number, random: Random): Doing {
  const night = nightAt(home, person, nowMs);
  if (nowMs >= night.bedMs) return 'asleep';
  const plan = planAt(home, person, nowMs);
  if (exercising(plan, nowMs)) return 'exercise';
  return random.chance(walkChance(plan, nowMs)) ? 'walking' : 'sitting';
}

function exercising(plan: DayPlan, nowMs: number): boolean {
  return plan.workout !== null && nowMs >= plan.workout.startMs && nowMs < plan.workout.endMs;
}

/** More steps on the way and around noon than at the desk; the most on a weekend outing. */
function walkChance(plan: DayPlan, nowMs: number): number {
  const { away, weekend } = plan;
  if (away === null || nowMs < away.leaveMs || nowMs > away.backMs) return 0.1;
  if (weekend) return 0.35;
  const nearDoor = nowMs - away.leaveMs < 15 * MINUTE || away.backMs - nowMs < 15 * MINUTE;
  const noon = Math.abs(nowMs - (away.leaveMs + away.backMs) / 2) < 25 * MINUTE;
  return nearDoor || noon ? 0.5 : 0.06;
}

/** Share of the way from rest to the highest heart rate. */
export const EFFORT: Readonly<Record<Doing, number>> = {
  asleep: -0.03,
  sitting: 0.1,
  walking: 0.3,
  exercise: 0.66,
};

const KIND_EFFORT: Readonly<Record<ActivityKind, number>> = { walk: 0.34, run: 0.74, ride: 0.62, gym: 0.52 };
const KIND_STEPS: Readonly<Record<ActivityKind, number>> = { walk: 112, run: 164, ride: 0, gym: 35 };

export function effortOf(doing: Doing, kind: ActivityKind): number {
  return doing === 'exercise' ? KIND_EFFORT[kind] : EFFORT[doing];
}

/** Steps in one minute. */
export function stepsOf(doing: Doing, kind: ActivityKind, random: Random): number {
  if (doing === 'asleep') return 0;
  if (doing === 'sitting') return random.chance(0.2) ? random.int(2, 18) : 0;
  const cadence = doing === 'walking' ? 98 : KIND_STEPS[kind];
  return cadence === 0 ? 0 : Math.max(0, Math.round(random.bell(cadence, 5)));
}
