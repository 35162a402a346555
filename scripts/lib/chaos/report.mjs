import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { root } from '../bootstrap.mjs';

/** Everything that a run came to, as it stands in the log. */
export function resultOf({ command, options, scene, sinks, seconds }) {
  const { complaints, gateway, fleet, ledger, proxy, receiver, struck, ends } = scene;
  const readyMs = gateway.readyMs();
  const wrong = [...complaints];
  if (ledger.unread() > 0) wrong.push(`${ledger.unread()} acknowledged messages that cannot be read`);
  if (ends.status.rejected > 0) wrong.push(`the gateway refused ${ends.status.rejected} messages`);
  return {
    verdict: wrong.length === 0 && sinks.every((sink) => sink.passed) ? 'pass' : 'fail',
    seed: options.seed,
    command,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    node: process.version,
    cpus: cpus().length,
    seconds: Math.round(seconds),
    faults: Object.fromEntries(Object.entries(struck).sort()),
    ackedMessages: ledger.messages(),
    ackedRecords: ledger.records(),
    acks: ledger.acks(),
    devices: options.devices,
    fleetLives: fleet.lives(),
    gatewayStarts: readyMs.length,
    slowestStartMs: Math.round(Math.max(...readyMs)),
    network: proxy.counts,
    receiver: receiver.counts,
    sinks,
    wrong,
  };
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

export function print(result, { json }) {
  const lines = [
    `${result.verdict === 'pass' ? 'PASSED' : 'FAILED'}: seed ${result.seed}, ${result.seconds} s, ${result.devices} devices`,
    `faults: ${Object.entries(result.faults)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
    `acknowledged: ${result.ackedRecords} records in ${result.ackedMessages} messages`,
    ...result.sinks.map(sinkLine),
    ...result.sinks.flatMap(({ sink, findings, ackedExample }) => [
      ...findings.map((one) => `  ${sink}: ${one.check} ${one.device} x${one.count}: ${one.example}`),
      ...(ackedExample === null ? [] : [`  ${sink}: ${ackedExample}`]),
    ]),
    ...result.wrong.map((text) => `  WRONG: ${text}`),
    `again: ${result.command}`,
  ];
  (json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
}

function sinkLine(one) {
  const { sink, stored, gaps, missing, atRisk, duplicates, ackedLost, ackedExtra, outOfOrder } = one;
  return (
    `${sink.padEnd(7)} ${one.passed ? 'ok    ' : 'FAILED'} stored ${stored} of ${one.accepted}, gaps ${gaps}, ` +
    `missing ${missing} (at risk ${atRisk}), acknowledged and lost ${ackedLost}, too many ${ackedExtra}, ` +
    `duplicates ${duplicates}, out of order ${outOfOrder}`
  );
}
