import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { root } from '../bootstrap.mjs';
import { checksOf } from './checks.mjs';

/** Everything that a run came to, as it stands in the log. */
export function resultOf({ command, options, plan, scene, sinks, seconds }) {
  const { gateway, fleet, ledger, network, receiver, struck, clock } = scene;
  const readyMs = gateway.readyMs();
  const checks = checksOf({ plan, scene, sinks });
  return {
    verdict: checks.every(({ wrong }) => wrong.length === 0) ? 'pass' : 'fail',
    seed: options.seed,
    command,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    node: process.version,
    cpus: cpus().length,
    seconds: Math.round(seconds),
    gatewayClock: clock.by,
    faults: Object.fromEntries(Object.entries(struck).sort()),
    ackedMessages: ledger.messages(),
    ackedRecords: ledger.records(),
    acks: ledger.acks(),
    devices: options.devices,
    fleetLives: fleet.lives(),
    gatewayStarts: readyMs.length,
    slowestStartMs: Math.round(Math.max(...readyMs)),
    network: network.counts,
    receiver: receiver.counts,
    sinks,
    checks,
  };
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** For people; the last line has the form of every suite's closing line. */
export function print(result, { json }) {
  const { checks } = result;
  const failed = checks.filter(({ wrong }) => wrong.length > 0);
  const skipped = skippedOf(result);
  const lines = [
    `${result.verdict === 'pass' ? 'PASSED' : 'FAILED'}: seed ${result.seed}, ${result.seconds} s, ${result.devices} devices`,
    `faults: ${Object.entries(result.faults)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
    `acknowledged: ${result.ackedRecords} records in ${result.ackedMessages} messages`,
    ...result.sinks.map(sinkLine),
    ...checks.flatMap(({ name, wrong }) => [
      `${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${name}`,
      ...wrong.map((text) => `         ${text}`),
    ]),
    `again: ${result.command}`,
    ...skipped.map((text) => `skipped (chaos): ${text}`),
    `chaos: ${checks.length - failed.length} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ];
  (json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
}

function skippedOf({ gatewayClock }) {
  if (gatewayClock === 'libfaketime') return [];
  return [
    'the gateway under libfaketime (apt-get install libfaketime): its clock was set by an injected Date instead',
  ];
}

function sinkLine(one) {
  const { sink, stored, gaps, missing, atRisk, duplicates, ackedLost, ackedExtra, outOfOrder } = one;
  return (
    `${sink.padEnd(7)} ${one.passed ? 'ok    ' : 'FAILED'} stored ${stored} of ${one.accepted}, gaps ${gaps}, ` +
    `missing ${missing} (at risk ${atRisk}), acknowledged and lost ${ackedLost}, too many ${ackedExtra}, ` +
    `duplicates ${duplicates}, out of order ${outOfOrder}`
  );
}
