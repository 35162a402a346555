import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForwarders, createGateway, createSqliteSink, openSqliteSpool } from '@usewire/gateway';
import { encodeModel, encodeRecords, gauge, modelTable, product } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';

const GOAL_MS = 60_000;
const model = product('bench.bed', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  subjects: ['left', 'right'],
  points: { pulse: gauge({ id: 1, for: 'service', range: [0, 250] }) },
});
const table = modelTable(model);
const modelHash = Buffer.from(table.hash.subarray(0, 4)).toString('hex');
const startMs = Date.UTC(2026, 10, 1);

/** One row a message: the worst case, as every row of the spool is looked at by itself. Every second one is of the left side. */
function messageOf(seq) {
  const uptimeMs = 1_000 * (seq + 1);
  const entry = { form: 'record', point: 1, atMs: uptimeMs, values: [60 + (seq % 40)] };
  const head = { kind: Kind.data, seq, boot: 1, uptimeMs, modelHash: table.hash.subarray(0, 4), epoch: 0 };
  const records = encodeRecords(table, uptimeMs, [entry], 'plain');
  return {
    ...{ tenant: 'bench', device: 'bed', kind: Kind.data, boot: '1', seq, receivedAtMs: startMs, modelHash },
    ...{
      time: { originMs: startMs, quality: 3, boundMs: null, method: 'device' },
      recordCount: 1,
      gapCount: 0,
      seal: 0,
    },
    payload: encodeMessage({ ...head, records, subject: 1 }),
  };
}

async function fill(directory, rows) {
  const room = 2 ** 40;
  const limits = { maxBytes: room, maxQuarantineBytes: room, maxQuarantineBytesPerDevice: room };
  const store = openSqliteSpool({ directory, ...limits });
  const device = { tenant: 'bench', device: 'bed', lastSeenMs: startMs, boot: '1', modelHash };
  for (let from = 0; from < rows; from += 1_000) {
    const messages = Array.from({ length: 1_000 }, (_, i) => messageOf(from + i));
    const outcome = await store.commit(messages, [], from === 0 ? { devices: [device] } : {});
    if (!outcome.ok) throw new Error(outcome.failure.message);
  }
  await store.close();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** From the request to the last receipt: the spool, its files, and a SQLite store with the same rows (C2). The longest pause of the event loop meanwhile. */
async function measure(directory) {
  let context;
  const sink = createSqliteSink({ name: 'usage', file: join(directory, 'usage.db') });
  const forwarders = createForwarders();
  const gateway = createGateway(
    {
      models: [encodeModel(model)],
      spool: { directory, maxBytes: 2 ** 40, retentionMs: 1e12 },
      mqtt: { port: 0 },
    },
    {
      sinks: [sink],
      parts: [
        forwarders.part,
        (given) => {
          context = given;
          return { start: async () => undefined, stop: async () => {} };
        },
      ],
    },
  );
  await gateway.start();
  while (context.store.cursor('usage') < context.store.lastPosition()) await turn();
  const startedMs = performance.now();
  const asked = await context.erasures.ask({ tenant: 'bench', device: 'bed', subject: 1, by: 'bench' });
  let longestMs = 0;
  for (
    let last = performance.now();
    context.erasures.find(asked.id).step !== 'done';
    last = performance.now()
  ) {
    await turn();
    longestMs = Math.max(longestMs, performance.now() - last);
  }
  const tookMs = performance.now() - startedMs;
  const { receipts } = context.erasures.find(asked.id);
  await gateway.stop();
  return { tookMs, longestMs, receipts };
}

export async function run({ json, quick }) {
  const rows = quick ? 100_000 : 1_000_000;
  const directory = mkdtempSync(join(tmpdir(), 'usewire-bench-erase-'));
  try {
    await fill(directory, rows);
    const { tookMs, longestMs, receipts } = await measure(directory);
    const counts = Object.fromEntries(receipts.map(({ place, records }) => [place, records]));
    const figures = {
      rows,
      seconds: tookMs / 1_000,
      longestPauseMs: longestMs,
      counts,
      goalSeconds: GOAL_MS / 1_000,
    };
    if (!json)
      process.stdout.write(
        `  ${rows} rows in spool and SQLite store: erased in ${figures.seconds.toFixed(1)} s (goal ${figures.goalSeconds} s), longest pause ${Math.round(longestMs)} ms\n`,
      );
    return figures;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
