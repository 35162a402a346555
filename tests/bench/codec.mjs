import { pathToFileURL } from 'node:url';
import { compileModel, materialise } from '@usewire/protocol/check';
import { encodeRecords } from '@usewire/protocol/model';
import { integrator } from './lib/integrator.mjs';
import { printTable, round } from './lib/table.mjs';
import { dataMessage, entriesOf, rowsMessage, table } from './lib/usewire.mjs';
import { createWorkload } from './lib/workload.mjs';

function slice(work, calls) {
  let records = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) records += work();
  const us = Number(process.hrtime.bigint() - start) / calls / 1000;
  if (records === 0) throw new Error('a work did nothing');
  return us;
}

/** Microseconds a call: the works take turns, and of each the quickest slice counts, so that a neighbour disturbs all alike. */
function fastest(works, { rounds, calls }) {
  const best = Object.fromEntries(Object.keys(works).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(works)) best[name] = Math.min(best[name], slice(work, calls));
  }
  return best;
}

function checked(checker, bytes) {
  const verdict = checker.check(bytes);
  if (!verdict.ok) throw new Error(verdict.detail);
  return () => checker.check(bytes).recordCount;
}

const titles = {
  json: 'JSON.parse',
  jsonZod: 'JSON.parse + zod',
  cborX: 'cbor-x decode',
  cborXZod: 'cbor-x decode + zod',
  columns: 'check, columns',
  rows: 'check, rows',
  packed: 'check, packed',
  materialise: 'check, columns + materialise',
  workload: 'check, 121 records plain',
  workloadPacked: 'check, 121 records packed',
};

function works() {
  const entries = entriesOf(createWorkload(42));
  const events = entries.slice(1, 21);
  const checker = compileModel(table);
  const columns = dataMessage(events, 'plain');
  const other = integrator(events);
  return {
    json: other.json,
    jsonZod: other.jsonZod,
    cborX: other.cborX,
    cborXZod: other.cborXZod,
    columns: checked(checker, columns),
    rows: checked(checker, rowsMessage(events)),
    packed: checked(checker, dataMessage(events, 'packed')),
    materialise: () => materialise(table, checker.check(columns)).length,
    workload: checked(checker, dataMessage(entries, 'plain')),
    workloadPacked: checked(checker, dataMessage(entries, 'packed')),
  };
}

function encoders() {
  const events = entriesOf(createWorkload(42)).slice(1, 21);
  const other = integrator(events);
  const baseMs = events[0].atMs;
  return {
    json: other.encodeJson,
    plain: () => encodeRecords(table, baseMs, events, 'plain').length,
    packed: () => encodeRecords(table, baseMs, events, 'packed').length,
  };
}

/** Decoding and checking a message of 20 records, ours against what an integrator would pick; all in one run. */
export async function run({ quick = false } = {}) {
  const effort = quick ? { rounds: 4, calls: 1500 } : { rounds: 14, calls: 5000 };
  const us = fastest(works(), effort);
  const encode = fastest(encoders(), effort);
  const ratio = (name) => round(us.cborXZod / us[name], 1);
  printTable(
    ['decode and check 20 records', 'us', 'cbor-x + zod ='],
    Object.keys(us).map((name) => [titles[name], round(us[name]), `${ratio(name)} x`]),
  );
  printTable(
    ['encode 20 records', 'us'],
    Object.keys(encode).map((name) => [name, round(encode[name])]),
  );
  return {
    us: Object.fromEntries(Object.entries(us).map(([name, value]) => [name, round(value)])),
    encodeUs: Object.fromEntries(Object.entries(encode).map(([name, value]) => [name, round(value)])),
    ratioToCborXZod: ratio('columns'),
    ratioToJsonParse: round(us.json / us.columns, 1),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
