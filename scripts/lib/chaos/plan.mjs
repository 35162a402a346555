import { load } from './packages.mjs';

const { networkFaults, sinkFaults, stream } = await load('@usewire/simulators');

const DAY_MS = 86_400_000;
/** Of a minute, beside what is asked for: enough that each kind meets the others. */
const PER_MINUTE = {
  ...{ kill: 6.5, term: 1.5, stop: 0.75, clock: 0.3 },
  ...{ fleetKill: 0.75, rebootLoop: 0.25, daysOffline: 0.25, deviceClock: 0.5 },
  ...{ network: 4.5, sink: 3 },
};
/** One clock goes on, one goes back. */
const LEAST = { clock: 2, deviceClock: 2 };
/** What a step takes on a slow machine, besides its gap and its own duration. */
const COST_MS = {
  kill: 1_600,
  term: 2_200,
  stop: 300,
  fleetKill: 800,
  rebootLoop: 3_500,
  daysOffline: 9_000,
};
/** Of the whole run, for the drain and the verdict. */
const DRAIN_SHARE = 0.12;
/** The longest stop of every run that has the time for it: longer than the keep-alive of a device and the patience of a sink. */
const LONGEST_STOP_MS = 30_000;
/** Share of a run for which the gateway may stand still. */
const STOP_SHARE = 0.2;

/**
 * Every fault of a run, in order: pure, by seed. `gapMs` is the time since records flow again after the step before.
 * @param {{seed: number, minutes: number, kills?: number, terms?: number}} options
 */
export function planRun({ seed, minutes, kills, terms }) {
  const random = stream(seed, 'chaos', 'plan');
  const counts = countsOf({ minutes, kills, terms });
  const steps = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, nth) => ({ kind, ...drawn[kind](random, nth) })),
  );
  shuffle(steps, random);
  boundStops(steps, minutes);
  const fixedMs = steps.reduce((sum, step) => sum + (COST_MS[step.kind] ?? 0) + busyMs(step), 0);
  const freeMs = Math.max(0, minutes * 60_000 * (1 - DRAIN_SHARE) - fixedMs);
  const weights = steps.map(() => 0.1 + 1.8 * random.next());
  const total = weights.reduce((sum, one) => sum + one, 0);
  return steps.map((step, i) => ({
    n: i + 1,
    ...step,
    gapMs: Math.round(100 + (weights[i] / total) * freeMs),
  }));
}

/** Kinds and how many of each. */
function countsOf({ minutes, kills, terms }) {
  const counts = Object.fromEntries(
    Object.entries(PER_MINUTE).map(([kind, rate]) => [
      kind,
      Math.max(LEAST[kind] ?? 1, Math.round(rate * minutes)),
    ]),
  );
  return { ...counts, kill: kills ?? counts.kill, term: terms ?? counts.term };
}

/** What of each kind is drawn by seed. */
const drawn = {
  kill: killStep,
  term: (random) => ({ downMs: random.chance(0.5) ? 0 : random.int(50, 1_200) }),
  // Short stops are likely, long ones happen.
  stop: (random) => ({ forMs: Math.round(1_000 * 30 ** random.next()) }),
  clock: clockStep,
  fleetKill: (random) => ({ downMs: random.int(0, 1_500) }),
  rebootLoop: (random) => ({
    livesMs: Array.from({ length: random.int(3, 5) }, () => random.int(150, 1_200)),
  }),
  daysOffline: (random) => ({ days: random.int(2, 5) }),
  deviceClock: (random, nth) => ({
    ...clockStep(random, nth),
    share: random.pick([0.2, 0.5]),
    salt: salt(random),
  }),
  network: (random, nth) => faultStep(networkFaults[nth % networkFaults.length], random),
  sink: (random, nth) => ({ fault: sinkFaults[nth % sinkFaults.length].name, forMs: random.int(500, 5_000) }),
};

/** One in six strikes while the gateway starts, before it is ready. */
function killStep(random) {
  const starting = random.chance(1 / 6);
  return {
    when: starting ? 'starting' : 'running',
    ...(starting ? { afterMs: random.int(30, 900) } : {}),
    downMs: random.chance(0.6) ? 0 : random.int(50, 1_200),
  };
}

/** A day on, a day back, in turns. */
function clockStep(random, nth) {
  return { byMs: nth % 2 === 0 ? DAY_MS : -DAY_MS, forMs: random.int(1_500, 8_000) };
}

function faultStep(fault, random) {
  return { fault: fault.name, ...fault.draw(random) };
}

function salt(random) {
  return random.int(0, 2 ** 31 - 1);
}

function busyMs(step) {
  const lives = step.livesMs ?? [];
  return (
    (step.kind === 'stop' ? step.forMs : 0) + (step.downMs ?? 0) + lives.reduce((sum, ms) => sum + ms, 0)
  );
}

/** All stops together take at most a fifth of the run. One is as long as stops get, where the run has the time for it. */
function boundStops(steps, minutes) {
  const stops = steps.filter((step) => step.kind === 'stop').sort((a, b) => b.forMs - a.forMs);
  let budgetMs = minutes * 60_000 * STOP_SHARE;
  if (stops.length > 0 && budgetMs > LONGEST_STOP_MS) {
    const [longest] = stops.splice(0, 1);
    longest.forMs = LONGEST_STOP_MS;
    budgetMs -= LONGEST_STOP_MS;
  }
  const sumMs = stops.reduce((sum, step) => sum + step.forMs, 0);
  const scale = Math.min(1, budgetMs / Math.max(1, sumMs));
  for (const step of stops) step.forMs = Math.max(1_000, Math.round(step.forMs * scale));
}

function shuffle(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [list[i], list[j]] = [list[j], list[i]];
  }
}
