import { HOUR, MINUTE } from '../people/calendar.ts';
import { dayPlan, type Household } from '../people/household.ts';
import { type Random, stream } from '../random/stream.ts';

export const APPLIANCES = ['dishwasher', 'washer', 'coffee'] as const;
export type Appliance = (typeof APPLIANCES)[number];

export type Program = 'eco' | 'normal' | 'quick' | 'intensive' | 'cotton' | 'delicate' | 'espresso' | 'pot';
export type Phase = 'fill' | 'heat' | 'wash' | 'rinse' | 'spin' | 'drain' | 'dry' | 'brew' | 'warm';

/** One phase of a program: whole tens of seconds, so that every phase has whole power samples. */
export interface Stage {
  phase: Phase;
  seconds: number;
  watts: number;
}

const stage = (phase: Phase, minutes: number, watts: number): Stage => ({
  phase,
  seconds: Math.round(minutes * 6) * 10,
  watts,
});

const dishes = (heat: number, wash: number): Stage[] => [
  stage('fill', 2, 12),
  stage('heat', heat, 2080),
  stage('wash', wash, 85),
  stage('drain', 1, 40),
  stage('rinse', 8, 70),
  stage('heat', heat * 0.8, 2080),
  stage('rinse', 4, 70),
  stage('drain', 1, 40),
  stage('dry', 14, 6),
];

const laundry = (heat: number, wash: number, spin: number): Stage[] => [
  stage('fill', 3, 15),
  stage('heat', heat, 2150),
  stage('wash', wash, 180),
  stage('drain', 2, 45),
  stage('rinse', 14, 120),
  stage('drain', 2, 45),
  stage('spin', spin, 420),
];

const espresso: Stage[] = [stage('heat', 1.5, 1290), stage('brew', 0.5, 640), stage('warm', 10, 55)];
const pot: Stage[] = [stage('heat', 2, 1290), stage('brew', 6, 900), stage('warm', 30, 70)];

const PROGRAMS: Readonly<Record<Appliance, readonly (readonly [Program, readonly Stage[]])[]>> = {
  dishwasher: [
    ['eco', dishes(11, 40)],
    ['normal', dishes(16, 25)],
    ['quick', dishes(9, 10)],
    ['intensive', dishes(22, 35)],
  ],
  washer: [
    ['cotton', laundry(14, 45, 8)],
    ['eco', laundry(9, 60, 7)],
    ['delicate', laundry(5, 30, 3)],
    ['quick', laundry(6, 12, 5)],
  ],
  coffee: [
    ['espresso', espresso],
    ['espresso', espresso],
    ['pot', pot],
  ],
};

/** A program as people choose it; the water is never equally cold, so heating times vary. */
export function chooseProgram(appliance: Appliance, random: Random): { program: Program; stages: Stage[] } {
  const [program, stages] = random.pick(PROGRAMS[appliance]);
  const warmth = random.between(0.85, 1.2);
  const stretched = stages.map((one) =>
    one.phase === 'heat'
      ? { ...one, seconds: Math.max(10, Math.round((one.seconds * warmth) / 10) * 10) }
      : one,
  );
  return { program, stages: stretched };
}

/** When the household starts this appliance on one day, in order. */
export function startsOn(home: Household, appliance: Appliance, day: number): number[] {
  const plan = dayPlan(home, home.people[0], day);
  const random = stream(home.seed, `h${home.index}`, `${appliance}/${day}`);
  const seconds = (ms: number): number => Math.round(ms / 1000) * 1000;
  if (appliance === 'coffee') {
    const morning = plan.upMs + random.int(5, 25) * MINUTE;
    const second = random.chance(0.5) ? [morning + random.int(20, 40) * MINUTE] : [];
    const homeAtNoon = plan.away === null || plan.weekend;
    const noon = homeAtNoon ? [seconds(morning + random.between(5, 7) * HOUR)] : [];
    return [morning, ...second, ...noon];
  }
  if (appliance === 'dishwasher') {
    const evening = plan.bedMs - random.int(60, 150) * MINUTE;
    const noon = plan.weekend && random.chance(0.4) ? [seconds(plan.upMs + random.between(4, 6) * HOUR)] : [];
    return random.chance(0.85) ? [...noon, evening] : noon;
  }
  if (!random.chance(plan.weekend ? 0.8 : 0.3)) return [];
  const first = plan.weekend
    ? seconds(plan.upMs + random.between(1, 3) * HOUR)
    : (plan.away?.backMs ?? plan.upMs + 6 * HOUR);
  return plan.weekend && random.chance(0.5) ? [first, first + 3 * HOUR] : [first];
}
