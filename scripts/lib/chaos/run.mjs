import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';
import { writableDir } from '../data-dir.mjs';
import { getJson } from '../gateway-process.mjs';
import { Stop, say } from '../say.mjs';
import { createFleetProcess } from './fleet.mjs';
import { createGatewayProcess } from './gateway.mjs';
import { createJournal } from './journal.mjs';
import { createLedger } from './ledger.mjs';
import { repeatCommand } from './options.mjs';
import { verdicts } from './oracle.mjs';
import { planRun } from './plan.mjs';
import { startProxy } from './proxy.mjs';
import { startReceiver } from './receiver.mjs';
import { print, resultOf } from './report.mjs';

const DRAIN_MS = 60_000;
/** Longest wait for records to flow again after a fault, before the next strikes. */
const FLOW_PATIENCE_MS = 15_000;

/** Runs the faults of a seed against real processes and judges what is in the sinks. Resolves to the exit code. */
export async function chaos(options) {
  const folder = writableDir(options.dataDir ?? freshFolder(options.seed));
  const journal = createJournal(join(folder, 'chaos.ndjson'));
  const command = repeatCommand(options);
  say(`Seed ${options.seed}. Again: ${command}\nLogs and stores: ${folder}`);
  const scene = await setUp(options, folder, journal);
  journal.write('run', { command, seed: options.seed, node: process.version });
  // Its processes are groups of their own: a Ctrl-C that reaches this one alone must not leave them behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => void tearDown(scene).finally(() => process.exit(130)));
  }
  try {
    await strikeAll(scene, planRun(options));
    await drain(scene);
    const sinks = await verdicts(folder, scene.ledger);
    const result = resultOf({ command, options, scene, sinks, seconds: journal.sinceMs() / 1000 });
    journal.write('verdict', result);
    print(result, options);
    return result.verdict === 'pass' ? 0 : 1;
  } catch (error) {
    say(`This run did not come to its verdict. Again: ${command}`);
    throw error;
  } finally {
    await tearDown(scene);
  }
}

function freshFolder(seed) {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[:.]/g, '-');
  return join(root, '.usewire', 'chaos', `${stamp}-${seed}`);
}

async function setUp(options, folder, journal) {
  mkdirSync(join(folder, 'devices'), { recursive: true });
  writeFileSync(join(folder, 'truth.ndjson'), '');
  const ackedFile = join(folder, 'acked.ndjson');
  const ledger = createLedger((line) => appendFileSync(ackedFile, `${JSON.stringify(line)}\n`));
  /** What no sink can tell: deaths, wrong exits, keys that came back changed. */
  const complaints = [];
  const complain = (text) => {
    complaints.push(text);
    journal.tell('complaint', { text }, `WRONG: ${text}`);
  };
  const { seed, devices } = options;
  const receiver = await startReceiver({ seed, file: join(folder, 'receiver.ndjson'), onWrong: complain });
  const gateway = createGatewayProcess({ folder, receiverUrl: receiver.url, onDeath: complain });
  const proxy = await startProxy({ upstreamPort: gateway.mqttPort, onAcked: ledger.ack });
  const fleet = createFleetProcess({
    seed,
    devices,
    port: proxy.port,
    folder,
    drainMs: DRAIN_MS,
    onDeath: complain,
  });
  const struck = {};
  return { folder, journal, ledger, complaints, complain, receiver, gateway, proxy, fleet, struck, ends: {} };
}

async function tearDown({ gateway, fleet, proxy, receiver }) {
  await Promise.all([fleet.end('SIGKILL'), gateway.end('SIGKILL')]);
  receiver.close();
  await proxy.close();
}

async function strikeAll(scene, steps) {
  scene.gateway.spawn();
  scene.fleet.spawn();
  for (const step of steps) {
    if (step.when !== 'starting') {
      await flowing(scene);
      await pause(step.gapMs);
    }
    await strike(scene, step);
  }
}

/** Until the gateway is ready and acknowledges something, or patience ends (a cut may still last). */
async function flowing({ gateway, ledger }) {
  await gateway.ready();
  const before = ledger.acks();
  const end = performance.now() + FLOW_PATIENCE_MS;
  while (ledger.acks() === before && performance.now() < end) await pause(10);
}

const strikes = {
  async kill({ gateway }, step) {
    if (step.when === 'starting') {
      await pause(Math.max(0, step.afterMs - (performance.now() - gateway.spawnedMs())));
    }
    await gateway.end('SIGKILL');
    await pause(step.downMs);
    gateway.spawn();
  },
  async term({ gateway, complain }, step) {
    const { code, signal } = await gateway.end('SIGTERM');
    if (code !== 0) complain(`SIGTERM ended the gateway with code ${code}, signal ${signal}`);
    await pause(step.downMs);
    gateway.spawn();
  },
  async stop({ gateway }, step) {
    gateway.freeze();
    await pause(step.forMs);
    gateway.thaw();
  },
  async fleetKill({ fleet }, step) {
    await fleet.end('SIGKILL');
    await pause(step.downMs);
    fleet.spawn();
  },
  network: ({ proxy }, step) => proxy.strike(step),
  sink: ({ receiver }, step) => receiver.strike(step),
};

async function strike(scene, step) {
  const { journal, ledger, struck } = scene;
  const { n, kind, gapMs, ...how } = step;
  const name = how.fault === undefined ? kind : `${kind}.${how.fault}`;
  struck[name] = (struck[name] ?? 0) + 1;
  const details = Object.entries(how).filter(([key]) => key !== 'fault' && key !== 'salt');
  const text = `${name} ${details.map(([key, value]) => `${key}=${value}`).join(' ')}`;
  journal.tell(
    'fault',
    { n, kind: name, cause: 'plan', ...how, ackedMessages: ledger.messages() },
    `#${n} ${text}`,
  );
  await strikes[kind](scene, step);
}

/** No more faults: the fleet hands over everything, the sinks take everything, all ends in order. */
async function drain(scene) {
  const { fleet, gateway, journal, proxy, receiver, ends, complain } = scene;
  journal.tell('drain', {}, 'no more faults; draining');
  proxy.mend();
  receiver.mend();
  await flowing(scene);
  const fleetEnd = await fleet.end('SIGTERM');
  ends.fleet = fleetEnd.result;
  if (fleetEnd.code !== 0) complain(`the fleet ended with code ${fleetEnd.code}`);
  const { waiting, queued, accepted, sdkAccepted } = fleetEnd.result;
  if (waiting > 0 || queued > 0)
    throw new Stop(
      `The fleet kept ${waiting} messages and ${queued} records back after ${DRAIN_MS / 1000} s.`,
      4,
    );
  if (accepted !== sdkAccepted) complain(`the SDK accepted ${sdkAccepted} of ${accepted} records`);
  ends.status = await sinksDone(gateway.httpPort());
  const { code } = await gateway.end('SIGTERM');
  if (code !== 0) complain(`the last SIGTERM ended the gateway with code ${code}`);
}

async function sinksDone(port) {
  const end = performance.now() + DRAIN_MS;
  for (;;) {
    const status = await getJson(port, '/api/status');
    if (status.sinks.every((sink) => sink.pending === 0)) return status;
    if (performance.now() > end)
      throw new Stop(`The sinks did not drain: ${JSON.stringify(status.sinks)}`, 4);
    await pause(50);
  }
}
