import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createForwarders, createHttpSink, openSqliteSpool } from '@usewire/gateway';
import { encodeRecords, gauge, modelTable, product } from '@usewire/protocol/model';
import { encodeMessage, Kind, toHex } from '@usewire/protocol/wire';

const RECORDS_A_MESSAGE = 20;
const purposes = { comfort: { basis: 'contract', code: 'service_provision' } };
const kettle = product('kettle', 1, {
  purposes,
  points: { water: gauge({ id: 1, for: 'comfort', unit: 'Cel', scale: 0.1, range: [0, 100] }) },
});
const table = modelTable(kettle);
const water = table.points.findIndex(({ name }) => name === 'water');
const modelHash = toHex(table.hash.subarray(0, 4));
const room = { maxBytes: 4e9, maxQuarantineBytes: 1e8, maxQuarantineBytesPerDevice: 1e8 };
const retry = { baseMs: 100, maxMs: 1_000, breakerAfter: 5, probeEveryMs: 1_000 };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function messageOf(seq, receivedAtMs) {
  const uptimeMs = 1_000 * (seq + 1);
  const entries = Array.from({ length: RECORDS_A_MESSAGE }, (_, i) => ({
    form: 'record',
    point: water,
    atMs: uptimeMs + i,
    values: [(seq + i) % 1_000],
  }));
  const records = encodeRecords(table, uptimeMs, entries, 'plain');
  const head = { kind: Kind.data, seq, boot: 1, uptimeMs, modelHash: table.hash.slice(0, 4), epoch: 0 };
  return {
    ...{
      tenant: 'acme',
      device: `kettle-${seq % 50}`,
      kind: Kind.data,
      boot: '1',
      seq,
      receivedAtMs,
      modelHash,
    },
    ...{ recordCount: RECORDS_A_MESSAGE, gapCount: 0, seal: 0 },
    time: { originMs: receivedAtMs - uptimeMs, quality: 3, boundMs: null, method: 'device' },
    payload: encodeMessage({ ...head, records }),
  };
}

/** The spool and the forwarder of a gateway, without the doors: what is measured is the way from the commit to the sink. */
function startForwarding(sink, options) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-delivery-'));
  const store = openSqliteSpool({ directory, ...room });
  let committed = () => {};
  const forwarders = createForwarders({ sinks: { [sink.name]: options }, drainMs: 1_000 });
  const part = forwarders.part({
    ...{ store, sinks: [sink], log: quiet, clock: { nowMs: Date.now, monotonicMs: () => performance.now() } },
    model: () => ({ model: kettle, table }),
    covered: () => -1,
    hasOptedOut: () => false,
    erasures: { attach() {} },
    onTakenBack: () => () => {},
    onCommit(listener) {
      committed = listener;
      return () => {};
    },
  });
  return {
    forwarders,
    start: () => part.start(),
    async commit(messages) {
      const outcome = await store.commit(messages, []);
      if (!outcome.ok) throw new Error(outcome.failure.message);
      committed(store.lastPosition());
    },
    async stop() {
      await part.stop();
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function until(isDone) {
  while (!isDone()) await setTimeout(5);
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Age of messages when a sink has accepted them, at so many records a second. Batches wait 50 ms to fill. */
export async function lagAt(sink, { recordsPerS, seconds }) {
  const ages = [];
  const told = {
    ...sink,
    async deliver(batch, signal) {
      const outcome = await sink.deliver(batch, signal);
      if (outcome.kind !== 'accepted') return outcome;
      const nowMs = Date.now();
      for (const record of batch.records) if (record.index === 0) ages.push(nowMs - record.receivedAtMs);
      return outcome;
    },
  };
  const batch = { maxRecords: 1_000, maxBytes: 1_048_576, maxAgeMs: 50 };
  const run = startForwarding(told, { batch, retry });
  await run.start();
  const everyMs = 20;
  const perTick = (recordsPerS / RECORDS_A_MESSAGE / 1_000) * everyMs;
  const startedMs = performance.now();
  let seq = 0;
  for (let tick = 1; tick * everyMs <= seconds * 1_000; tick += 1) {
    const now = Date.now();
    const messages = [];
    while (seq < tick * perTick) messages.push(messageOf(seq++, now));
    await run.commit(messages);
    await setTimeout(Math.max(0, startedMs + tick * everyMs - performance.now()));
  }
  await until(() => ages.length === seq);
  await run.stop();
  const sorted = ages.slice(Math.floor(ages.length / 10)).sort((a, b) => a - b);
  return { recordsPerS, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

/** A receiver that serves `width` batches at once, each in `serviceMs`; the others wait for a place. */
async function startReceiver({ width, serviceMs }) {
  let free = width;
  const waiting = [];
  const server = createServer(async (request, response) => {
    request.resume();
    if (free > 0) free -= 1;
    else await new Promise((resolve) => waiting.push(resolve));
    await setTimeout(serviceMs);
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function drain(url, { messages, options }) {
  const run = startForwarding(createHttpSink({ name: 'cloud', url, gzip: false }), options);
  const now = Date.now();
  for (let seq = 0; seq < messages; seq += 500)
    await run.commit(Array.from({ length: 500 }, (_, i) => messageOf(seq + i, now)));
  const startedMs = performance.now();
  await run.start();
  let most = 0;
  await until(() => {
    const [status] = run.forwarders.statuses();
    most = Math.max(most, status.concurrency);
    return status.pending === 0;
  });
  const recordsPerS = Math.round((messages * RECORDS_A_MESSAGE) / ((performance.now() - startedMs) / 1_000));
  await run.stop();
  return { recordsPerS, most };
}

/** A backlog drained one batch at a time, and with as many at once as the forwarder finds out, in one run. */
export async function adaptiveGain({ quick }) {
  const receiver = await startReceiver({ width: 8, serviceMs: 100 });
  const batch = { maxRecords: 200, maxBytes: 1_048_576, maxAgeMs: 50 };
  const messages = quick ? 2_000 : 5_000;
  try {
    const one = await drain(receiver.url, { messages, options: { batch, retry, maxConcurrent: 1 } });
    const adaptive = await drain(receiver.url, { messages, options: { batch, retry } });
    const ratio = Number((adaptive.recordsPerS / one.recordsPerS).toFixed(2));
    return { one: one.recordsPerS, adaptive: adaptive.recordsPerS, most: adaptive.most, ratio };
  } finally {
    receiver.close();
  }
}
