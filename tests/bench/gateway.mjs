import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparedMessage } from './lib/gateway/messages.mjs';
import { aedesServer, gatewayServer, loadGenerator, mosquittoServer } from './lib/gateway/servers.mjs';

const CONNECTIONS = 100;
const WINDOW = 16;
const STEADY_PER_S = 5_000;

function fleet() {
  const names = Array.from({ length: CONNECTIONS }, (_, i) => `bench.device-${String(i).padStart(4, '0')}`);
  return { names, tokens: names.map((name) => `token-of-${name}`) };
}

function median(values) {
  const sorted = values.slice().sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * How long a small write takes until it is on the medium, while the load runs, in the folder that the store uses: latency can be
 * judged against nothing else. Answers with the sorted times when it is stopped.
 */
function syncProbe() {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-sync-'));
  const file = openSync(join(directory, 'file'), 'w');
  const block = Buffer.alloc(4096);
  const took = [];
  const timer = setInterval(() => {
    const started = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    took.push(performance.now() - started);
  }, 20);
  return () => {
    clearInterval(timer);
    closeSync(file);
    rmSync(directory, { recursive: true, force: true });
    return took.sort((a, b) => a - b);
  };
}

/** One ratio a round, of runs that lie next to each other: what else the machine does weighs on both. */
function ratio(rounds, name) {
  const pairs = rounds.filter((round) => round[name]?.perCpuSecond && round.gateway.perCpuSecond);
  if (pairs.length === 0) return null;
  return median(pairs.map((round) => round.gateway.perCpuSecond / round[name].perCpuSecond));
}

function rounded(value, digits = 2) {
  return value === null || value === undefined ? null : Number(value.toFixed(digits));
}

async function throughput(load, servers, { rounds, warmUpMs, measureMs, ...people }) {
  const results = [];
  for (let i = 0; i < rounds; i += 1) {
    const round = {};
    for (const server of servers) {
      round[server.name] = await load.run(server, { ...people, window: WINDOW, warmUpMs, measureMs });
    }
    results.push(round);
  }
  return results;
}

function checkComplete(rounds) {
  for (const round of rounds) {
    for (const [name, run] of Object.entries(round)) {
      if (run.sent !== run.acked) throw new Error(`${name}: sent ${run.sent}, acknowledged ${run.acked}`);
    }
  }
}

async function checkStored(gateway, last) {
  const { messages, duplicates } = await gateway.counters();
  if (messages !== last.acked || duplicates !== 0) {
    throw new Error(`gateway: acknowledged ${last.acked}, stored ${messages}, duplicates ${duplicates}`);
  }
}

function table(figures, rounds, servers) {
  const { bytes, records } = preparedMessage();
  const lines = [
    `  ${CONNECTIONS} connections x ${WINDOW} messages in flight, ${records} records (${bytes.length} B) a message, QoS 1`,
  ];
  for (const { name } of servers) {
    const perCpu = median(rounds.map((round) => round[name].perCpuSecond ?? 0));
    const perS = median(rounds.map((round) => round[name].perSecond));
    const does = name === 'gateway' ? 'check, dedupe, store durably, acknowledge' : 'acknowledge from memory';
    lines.push(
      `  ${name.padEnd(11)} ${String(Math.round(perCpu)).padStart(8)} messages/CPU s ${String(Math.round(perS)).padStart(8)} messages/s   ${does}`,
    );
  }
  lines.push(`  ratio to bare aedes ${figures.ratioToBareAedes} (goal 0.5, stretch 1)`);
  lines.push(`  ratio to mosquitto  ${figures.ratioToMosquitto ?? 'not installed'} (goal 0.5)`);
  lines.push(
    `  at ${STEADY_PER_S}/s: ack p50 ${figures.ackP50Ms} ms (goal 5), p99 ${figures.ackP99Ms} ms (goal 25)`,
  );
  lines.push(
    `  meanwhile one sync of the medium took p50 ${figures.syncP50Ms} ms, p99 ${figures.syncP99Ms} ms; the generator was late by p99 ${figures.generatorLateP99Ms} ms`,
  );
  return lines.join('\n');
}

/** The gateway's full durable path against brokers that only acknowledge. Ratios are of one run. */
export async function run({ json = false, quick = false } = {}) {
  const people = fleet();
  const plan = quick
    ? { rounds: 3, warmUpMs: 500, measureMs: 1_500 }
    : { rounds: 5, warmUpMs: 1_000, measureMs: 4_000 };
  const servers = [await gatewayServer(people), await aedesServer(), await mosquittoServer()].filter(Boolean);
  const load = loadGenerator();
  try {
    await throughput(load, servers, { ...people, ...plan, rounds: 1, measureMs: 1_000 });
    const rounds = await throughput(load, servers, { ...people, ...plan });
    checkComplete(rounds);
    const [gateway] = servers;
    const probe = syncProbe();
    const steady = await load.run(gateway, { ...people, ratePerS: STEADY_PER_S, ...plan });
    const syncs = probe();
    checkComplete([{ gateway: steady }]);
    await checkStored(gateway, steady);
    const figures = {
      ratioToBareAedes: rounded(ratio(rounds, 'bare aedes')),
      ratioToMosquitto: rounded(ratio(rounds, 'mosquitto')),
      messagesPerCpuSecond: Math.round(median(rounds.map((round) => round.gateway.perCpuSecond ?? 0))),
      ackP50Ms: rounded(steady.p50Ms),
      ackP99Ms: rounded(steady.p99Ms),
      generatorLateP99Ms: rounded(steady.lateP99Ms),
      syncP50Ms: rounded(median(syncs), 3),
      syncP99Ms: rounded(syncs[Math.floor(syncs.length * 0.99)], 3),
    };
    if (!json) process.stdout.write(`${table(figures, rounds, servers)}\n`);
    else process.stderr.write(`${table(figures, rounds, servers)}\n`);
    return figures;
  } finally {
    load.stop();
    for (const server of servers) await server.stop();
  }
}
