import { load } from './packages.mjs';

const { stream } = await load('@usewire/simulators');

/** What the gateway's receiver may answer while a fault of the sink lasts. */
export const SINK_FAULTS = ['http429', 'http500', 'timeout', 'drop', 'lostAnswer', 'drip'];
const NETWORK_FAULTS = ['halfOpen', 'reset', 'midPacket', 'delay', 'lostAck', 'cut'];

/** Of a minute, beside what is asked for: enough that each kind meets the others. */
const PER_MINUTE = { kill: 6.5, term: 1.5, stop: 0.75, fleetKill: 1, network: 4, sink: 2.5 };
/** What a step takes on a slow machine, besides its gap and its own duration. */
const COST_MS = { kill: 1_600, term: 2_200, stop: 300, fleetKill: 800, network: 0, sink: 0 };
/** Of the whole run, for the drain and the verdict. */
const DRAIN_SHARE = 0.12;
const LONGEST_STOP_MS = 30_000;

/**
 * Every fault of a run, in order: pure, by seed. `gapMs` is the time since records flow again after the step before.
 * @param {{seed: number, minutes: number, kills?: number, terms?: number}} options
 */
export function planRun({ seed, minutes, kills, terms }) {
  const random = stream(seed, 'chaos', 'plan');
  const counts = countsOf({ minutes, kills, terms });
  const steps = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, nth) => stepOf(kind, nth, random)),
  );
  shuffle(steps, random);
  boundStops(steps, minutes);
  const fixedMs = steps.reduce((sum, step) => sum + COST_MS[step.kind] + busyMs(step), 0);
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
  const of = (kind) => Math.max(1, Math.round(PER_MINUTE[kind] * minutes));
  return {
    kill: kills ?? of('kill'),
    term: terms ?? of('term'),
    stop: of('stop'),
    fleetKill: of('fleetKill'),
    network: of('network'),
    sink: of('sink'),
  };
}

function stepOf(kind, nth, random) {
  if (kind === 'kill') return killStep(random);
  if (kind === 'term') return { kind, downMs: random.chance(0.5) ? 0 : random.int(50, 1_200) };
  // Short stops are likely, long ones happen.
  if (kind === 'stop') return { kind, forMs: Math.round(1_000 * 30 ** random.next()) };
  if (kind === 'fleetKill') return { kind, downMs: random.int(0, 1_500) };
  if (kind === 'network') return networkStep(NETWORK_FAULTS[nth % NETWORK_FAULTS.length], random);
  return { kind, fault: SINK_FAULTS[nth % SINK_FAULTS.length], forMs: random.int(500, 5_000) };
}

/** One in six strikes while the gateway starts, before it is ready. */
function killStep(random) {
  const starting = random.chance(1 / 6);
  return {
    kind: 'kill',
    when: starting ? 'starting' : 'running',
    ...(starting ? { afterMs: random.int(30, 900) } : {}),
    downMs: random.chance(0.6) ? 0 : random.int(50, 1_200),
  };
}

function networkStep(fault, random) {
  const share = fault === 'cut' ? 1 : random.pick([0.2, 0.5, 1]);
  const step = { kind: 'network', fault, share, salt: random.int(0, 2 ** 31) };
  if (fault === 'reset') return step;
  if (fault === 'delay') return { ...step, forMs: random.int(1_000, 6_000), byMs: random.int(20, 1_500) };
  if (fault === 'midPacket') return { ...step, forMs: 2_000, atShare: random.next() };
  return { ...step, forMs: random.int(500, 6_000) };
}

function busyMs(step) {
  return (step.kind === 'stop' ? step.forMs : 0) + (step.downMs ?? 0);
}

/** All stops together take at most a fifth of the run; the longest of a long run is 30 s. */
function boundStops(steps, minutes) {
  const stops = steps.filter((step) => step.kind === 'stop').sort((a, b) => b.forMs - a.forMs);
  const budgetMs = minutes * 60_000 * 0.2;
  if (stops.length > 0 && budgetMs > 4 * LONGEST_STOP_MS) stops[0].forMs = LONGEST_STOP_MS;
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
