import { join } from 'node:path';
import { fromJsonl, fromReceiver, fromSqlite, refusedAtIntake } from './arrivals.mjs';
import { STEP_MS } from './model.mjs';
import { load } from './packages.mjs';
import { readTruth } from './truth.mjs';

const { Judge } = await load('@usewire/simulators');

const spoolFile = (folder) => join(folder, 'gateway', 'spool.db');

/** Sinks by name, with how their records are read. */
const sinksOf = (folder) => [
  { name: 'usage', read: () => fromSqlite(join(folder, 'gateway', 'usage.db')), ordered: false },
  { name: 'jsonl', read: () => fromJsonl(join(folder, 'gateway', 'jsonl')), ordered: true },
  {
    name: 'remote',
    read: () => fromReceiver(join(folder, 'receiver.ndjson'), spoolFile(folder)),
    ordered: true,
  },
];

/** Time quality of a device without a clock: the gateway's estimate. */
const ESTIMATED = 1;

/** The fleet's uptime goes in steps, so what a hello says of it may be that much behind; the protocol's is exact to the ms. */
function asCoarse(record) {
  if (record.timeQuality !== ESTIMATED || record.timeBoundMs === null) return record;
  return { ...record, timeBoundMs: record.timeBoundMs + STEP_MS };
}

/** From the last record of a boot until all of it was handed over, as a rule. */
const HAND_OVER_MS = 60_000;

/**
 * Boots that were heard while the gateway's own clock was wrong: it learns from that clock where their uptime lies, and cannot know
 * better. Their estimated times promise nothing.
 */
export function misledBoots(truth, spans) {
  const lives = new Map();
  for (const { kind, device, boot, atMs } of truth) {
    if (kind === 'account') continue;
    const life = lives.get(`${device} ${boot}`) ?? { fromMs: atMs };
    lives.set(`${device} ${boot}`, { ...life, toMs: atMs + HAND_OVER_MS });
  }
  const isMisled = (life) => spans.some((span) => life.fromMs < span.toMs && span.fromMs < life.toMs);
  return new Set([...lives].filter(([, life]) => isMisled(life)).map(([key]) => key));
}

const withoutBound = (record) => ({ ...record, timeBoundMs: null });

/**
 * The verdict over each sink: the simulators' judge over what every device did, and the ledger of what was acknowledged.
 * @param {{fromMs: number, toMs: number}[]} wrongClock when the gateway's clock was wrong, Unix ms
 * @returns {Promise<{sink: string, passed: boolean}[]>}
 */
export async function verdicts(folder, ledger, wrongClock) {
  const truth = await readTruth(join(folder, 'truth.ndjson'));
  const misled = misledBoots(truth, wrongClock);
  const results = [];
  for (const sink of sinksOf(folder)) results.push(await verdictOf(sink, truth, ledger, misled));
  return results;
}

/** What of the devices' messages the gateway did not take: nothing that is sent here gives it a reason. */
export function refusals(folder) {
  return refusedAtIntake(spoolFile(folder));
}

/**
 * @public used by tests, by path
 * @param {{name: string, read(): AsyncIterable<object>, ordered: boolean}} sink
 */
export async function verdictOf(sink, truth, ledger, misled = new Set()) {
  const judge = new Judge();
  for (const line of truth) judge.expect(line);
  const audit = ledger.audit();
  const order = createOrder();
  for await (const record of sink.read()) {
    const isMisled = record.timeQuality === ESTIMATED && misled.has(`${record.device} ${record.boot}`);
    judge.arrive(isMisled ? withoutBound(record) : asCoarse(record));
    audit.see(record);
    // What stands in quarantine has no place in the order.
    if (sink.ordered && record.position !== null) order.see(record);
  }
  const { passed, accepted, stored, gaps, duplicates, unpromisedTimes, findings, accounts } = judge.verdict();
  const acked = audit.result();
  const atRisk = accounts.reduce((sum, one) => sum + one.atRisk, 0);
  return {
    sink: sink.name,
    ordered: sink.ordered,
    passed: passed && acked.lost === 0 && acked.extra === 0 && order.count() === 0,
    accepted,
    stored,
    gaps,
    /** Accepted, and neither stored nor told: never more than what was at risk when the fleet was killed. */
    missing: accepted - stored - gaps,
    atRisk,
    duplicates,
    ackedLost: acked.lost,
    ackedExtra: acked.extra,
    ackedExample: acked.example,
    outOfOrder: order.count(),
    unpromisedTimes,
    findings,
  };
}

/** A sink that keeps its order has the spool's: position by position, and index by index in each message. */
function createOrder() {
  let position = -1;
  let index = -1;
  let count = 0;
  return {
    see(record) {
      const behind = record.position > position || (record.position === position && record.index > index);
      if (!behind) count += 1;
      position = record.position;
      index = record.index;
    },
    count: () => count,
  };
}
