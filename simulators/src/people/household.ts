import { stream } from '../random/stream.ts';
import { HOUR, isWeekend, localDay, MINUTE, midnight, ZONES_MINUTES } from './calendar.ts';

/** One person: what stays the same from day to day. */
export interface Person {
  /** Unique in the world: `h3/0`. */
  name: string;
  /** Ms by which this person's day is later than the average. */
  lateness: number;
  worksOnWeekdays: boolean;
  restingBpm: number;
  maximumBpm: number;
  /** How often this person exercises: chance per day. */
  sportiness: number;
}

/** People who share a bed, a car and a kitchen, in one time zone. */
export interface Household {
  seed: number | string;
  index: number;
  zoneMinutes: number;
  people: readonly [Person, Person];
  /** Days that were worked out already. */
  readonly plans: Map<string, DayPlan>;
}

/** One person's day; all times are Unix ms. `bedMs` may lie after midnight. */
export interface DayPlan {
  day: number;
  weekend: boolean;
  wakeMs: number;
  upMs: number;
  /** Away from home, where the day has it. */
  away: { leaveMs: number; backMs: number } | null;
  workout: { startMs: number; endMs: number } | null;
  bedMs: number;
}

/** Household number `index` of a world; depends on nothing else. */
export function household(seed: number | string, index: number): Household {
  const random = stream(seed, `h${index}`, 'household');
  const person = (slot: number): Person => ({
    name: `h${index}/${slot}`,
    lateness: random.bell(0, 0.7) * HOUR,
    worksOnWeekdays: random.chance(0.85),
    restingBpm: random.int(48, 68),
    maximumBpm: random.int(168, 198),
    sportiness: random.between(0.1, 0.7),
  });
  const zoneMinutes = ZONES_MINUTES[index % ZONES_MINUTES.length]!;
  return { seed, index, zoneMinutes, people: [person(0), person(1)], plans: new Map() };
}

const wholeSeconds = (ms: number): number => Math.round(ms / 1000) * 1000;

/** What `person` does on local day `day`; a pure function, so every product of a household sees the same day. */
export function dayPlan(home: Household, person: Person, day: number): DayPlan {
  const key = `${person.name} ${day}`;
  const known = home.plans.get(key);
  if (known !== undefined) return known;
  const plan = makePlan(home, person, day);
  if (home.plans.size >= MOST_PLANS) home.plans.clear();
  home.plans.set(key, plan);
  return plan;
}

/** Enough for two people's week; what is forgotten is worked out again. */
const MOST_PLANS = 32;

function makePlan(home: Household, person: Person, day: number): DayPlan {
  const random = stream(home.seed, person.name, `day/${day}`);
  const start = midnight(day, home.zoneMinutes);
  const weekend = isWeekend(day);
  const at = (hours: number, spread: number): number =>
    wholeSeconds(start + random.bell(hours, spread) * HOUR + person.lateness);
  const wakeMs = at(weekend ? 8.3 : 6.7, weekend ? 0.6 : 0.3);
  const upMs = wakeMs + random.int(2, 15) * MINUTE;
  const working = !weekend && person.worksOnWeekdays;
  const outing = random.chance(weekend ? 0.7 : 0.4);
  const leaveMs = upMs + wholeSeconds(random.between(working ? 0.6 : 1.5, working ? 1.2 : 4) * HOUR);
  const backMs = leaveMs + wholeSeconds((working ? random.bell(9, 0.5) : random.between(1, 4)) * HOUR);
  // The evening before a weekend day is longer.
  const bedMs = at(isWeekend(day + 1) ? 23.6 : 22.6, 0.45);
  const away = working || outing ? { leaveMs, backMs } : null;
  return { day, weekend, wakeMs, upMs, away, workout: workoutOf(), bedMs };

  function workoutOf(): DayPlan['workout'] {
    const exercises = random.chance(person.sportiness);
    const wished = wholeSeconds(start + random.between(17.8, 19.2) * HOUR + person.lateness);
    const startMs = Math.max(wished, (away === null ? upMs : away.backMs) + 30 * MINUTE);
    const endMs = startMs + random.int(25, 75) * MINUTE;
    return exercises && endMs < bedMs - 30 * MINUTE ? { startMs, endMs } : null;
  }
}

export interface Night {
  bedMs: number;
  wakeMs: number;
  upMs: number;
}

/** The night that `nowMs` lies in, or the next one to come: first whose end lies after `nowMs`. */
export function nightAt(home: Household, person: Person, nowMs: number): Night {
  let day = localDay(nowMs, home.zoneMinutes) - 1;
  for (;;) {
    const morning = dayPlan(home, person, day + 1);
    if (morning.upMs > nowMs) {
      return { bedMs: dayPlan(home, person, day).bedMs, wakeMs: morning.wakeMs, upMs: morning.upMs };
    }
    day += 1;
  }
}

/** The plan of the local day that holds `nowMs`. */
export function planAt(home: Household, person: Person, nowMs: number): DayPlan {
  return dayPlan(home, person, localDay(nowMs, home.zoneMinutes));
}
