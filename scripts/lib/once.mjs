import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { writableDir } from './data-dir.mjs';
import { startSimulator } from './fleet-process.mjs';
import { sinksDrained, startGateway } from './gateway-process.mjs';
import { Stop, say } from './say.mjs';

/** One simulated day through SDK, MQTT, gateway, spool and sinks; then the verdict over what arrived. */
export async function once(options) {
  const begun = performance.now();
  const dataDir = writableDir(options.dataDir ?? freshRunDir());
  const gateway = await startGateway({ dataDir, mqttPort: options.mqttPort, httpPort: options.httpPort });
  try {
    say(
      `Gateway on 127.0.0.1:${gateway.mqttPort}; ${options.devices} simulated devices live through one day ...`,
    );
    const fleet = await liveOneDay(options, gateway, dataDir);
    const status = await sinksDrained(gateway.httpPort, 120_000);
    const verdict = await judge(dataDir);
    const report = summary({ fleet, status, verdict, seconds: (performance.now() - begun) / 1000 });
    print(report, options, dataDir);
    return report.verdict === 'pass' ? 0 : 1;
  } finally {
    await gateway.stop();
  }
}

function freshRunDir() {
  const name = new Date().toISOString().replace(/[:.]/g, '-');
  const path = join(root, '.usewire', 'runs', name);
  return existsSync(path) ? `${path}-${process.pid}` : path;
}

async function liveOneDay(options, gateway, dataDir) {
  const args = ['fleet', '--mode', 'day', '--gateway', `mqtt://127.0.0.1:${gateway.mqttPort}`, '--json'];
  args.push('--devices', String(options.devices), '--seed', String(options.seed));
  args.push('--state', join(dataDir, 'devices'), '--truth', join(dataDir, 'truth.ndjson'));
  const fleet = startSimulator(args);
  const code = await fleet.exited;
  if (code !== 0) throw new Stop(`The fleet ended with code ${code}.`, code);
  return JSON.parse(fleet.lastLine());
}

/** The far end is the JSONL sink: a format that anyone can read, written after the whole path. */
async function judge(dataDir) {
  const args = [
    'verdict',
    '--truth',
    join(dataDir, 'truth.ndjson'),
    '--arrived',
    join(dataDir, 'gateway', 'jsonl'),
    '--json',
  ];
  const verdict = startSimulator(args);
  const code = await verdict.exited;
  if (code > 1) throw new Stop(`The verdict could not be reached (code ${code}).`, code);
  return JSON.parse(verdict.lastLine());
}

function summary({ fleet, status, verdict, seconds }) {
  const agree = status.recordsStored === verdict.recordsArrived;
  return {
    devices: fleet.devices,
    recordsAccepted: fleet.recordsAccepted,
    recordsStored: verdict.recordsArrived,
    duplicates: verdict.duplicates,
    gaps: verdict.gaps,
    rejected: status.rejected,
    bytesOnWire: fleet.bytesOnWire,
    bytesPerRecord: Number((fleet.bytesOnWire / fleet.recordsAccepted).toFixed(2)),
    seconds: Number(seconds.toFixed(1)),
    messages: fleet.messages,
    hash: fleet.hash,
    verdict: verdict.verdict === 'pass' && agree && status.rejected === 0 ? 'pass' : 'fail',
  };
}

function print(report, options, dataDir) {
  say(`Data and logs: ${dataDir}`);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  for (const [name, value] of Object.entries(report)) process.stdout.write(`${name.padEnd(16)} ${value}\n`);
}
