import { join } from 'node:path';
import { fromJsonl, fromReceiver, fromSqlite } from './arrivals.mjs';
import { STEP_MS } from './model.mjs';
import { load } from './packages.mjs';
import { readTruth } from './truth.mjs';

const { Judge } = await load('@usewire/simulators');

/** Sinks by name, with how their records are read. */
const sinksOf = (folder) => [
  { name: 'usage', read: () => fromSqlite(join(folder, 'gateway', 'usage.db')), ordered: false },
  { name: 'jsonl', read: () => fromJsonl(join(folder, 'gateway', 'jsonl')), ordered: true },
  {
    name: 'remote',
    read: () => fromReceiver(join(folder, 'receiver.ndjson'), join(folder, 'gateway', 'spool.db')),
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

/**
 * The verdict over each sink: the simulators' judge over what every device did, and the ledger of what was acknowledged.
 * @returns {Promise<{sink: string, passed: boolean}[]>}
 */
export async function verdicts(folder, ledger) {
  const truth = await readTruth(join(folder, 'truth.ndjson'));
  const results = [];
  for (const sink of sinksOf(folder)) results.push(await verdictOf(sink, truth, ledger));
  return results;
}

/**
 * @public used by tests, by path
 * @param {{name: string, read(): AsyncIterable<object>, ordered: boolean}} sink
 */
export async function verdictOf(sink, truth, ledger) {
  const judge = new Judge();
  for (const line of truth) judge.expect(line);
  const audit = ledger.audit();
  const order = createOrder();
  for await (const record of sink.read()) {
    judge.arrive(asCoarse(record));
    audit.see(record);
    if (sink.ordered) order.see(record);
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
