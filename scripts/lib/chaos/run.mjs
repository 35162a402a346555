import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { writableDir } from '../data-dir.mjs';
import { say } from '../say.mjs';
import { drain } from './drain.mjs';
import { createFleetProcess } from './fleet.mjs';
import { createGatewayProcess } from './gateway.mjs';
import { createGatewayClock } from './gateway-clock.mjs';
import { createJournal } from './journal.mjs';
import { createLedger } from './ledger.mjs';
import { repeatCommand } from './options.mjs';
import { refusals, verdicts } from './oracle.mjs';
import { load } from './packages.mjs';
import { planRun } from './plan.mjs';
import { print, resultOf } from './report.mjs';
import { strikeAll } from './strikes.mjs';

const { sinkFaults, startFaultyNetwork, startFaultyReceiver } = await load('@usewire/simulators');

const DRAIN_MS = 60_000;
/** Share of all requests to the receiver that go wrong by themselves, between the planned faults. */
const OWN_SINK_FAULTS = 0.08;

/** Runs the faults of a seed against real processes and judges what is in the sinks. Resolves to the exit code. */
export async function chaos(options) {
  const folder = writableDir(options.dataDir ?? freshFolder(options.seed));
  const journal = createJournal(join(folder, 'chaos.ndjson'));
  const command = repeatCommand(options);
  say(`Seed ${options.seed}. Again: ${command}\nLogs and stores: ${folder}`);
  const plan = planRun(options);
  const scene = await setUp(options, folder, journal);
  journal.write('run', { command, seed: options.seed, node: process.version, gatewayClock: scene.clock.by });
  // Its processes are groups of their own: a Ctrl-C that reaches this one alone must not leave them behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => void tearDown(scene).finally(() => process.exit(130)));
  }
  try {
    await strikeAll(scene, plan);
    await drain(scene, DRAIN_MS);
    const sinks = await verdicts(folder, scene.ledger, scene.wrongClock);
    for (const text of await refusals(folder))
      scene.complain('refusals', `the gateway refused a message of ${text}`);
    const result = resultOf({ command, options, plan, scene, sinks, seconds: journal.sinceMs() / 1000 });
    journal.write('verdict', result);
    print(result, options);
    return result.verdict === 'pass' ? 0 : 1;
  } catch (error) {
    say(`This run did not come to its verdict. Again: ${command}\nchaos: 0 passed, 1 failed`);
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
  const keepIn = (name) => (line) => appendFileSync(join(folder, name), `${JSON.stringify(line)}\n`);
  const ledger = createLedger(keepIn('acked.ndjson'));
  /** What no sink can tell: deaths, wrong exits, keys that came back changed. */
  const complaints = [];
  const complain = (check, text) => {
    complaints.push({ check, text });
    journal.tell('complaint', { check, text }, `WRONG: ${text}`);
  };
  const { seed, devices } = options;
  const clock = createGatewayClock(folder);
  const receiver = await startFaultyReceiver({
    seed,
    own: sinkFaults.map((fault) => ({ fault, share: OWN_SINK_FAULTS / sinkFaults.length })),
    onTaken: keepIn('receiver.ndjson'),
    onChanged: (key) => complain('keys', `key ${key} came again with other records`),
  });
  const onDeath = (text) => complain('deaths', text);
  const gateway = createGatewayProcess({ folder, receiverUrl: receiver.url, clock, onDeath });
  const place = () => {
    const port = gateway.mqttPort();
    return port === undefined ? null : { host: '127.0.0.1', port };
  };
  const network = await startFaultyNetwork({ gateway: place, onAcked: ledger.ack });
  const fleet = createFleetProcess({ seed, devices, url: network.url, folder, drainMs: DRAIN_MS, onDeath });
  return {
    ...{ folder, journal, ledger, complaints, complain, receiver, gateway, clock, network, fleet },
    ...{ struck: {}, longestStopMs: 0, wrongClock: [] },
  };
}

async function tearDown({ gateway, fleet, network, receiver }) {
  await Promise.all([fleet.end('SIGKILL'), gateway.end('SIGKILL')]);
  receiver.close();
  await network.close();
}
