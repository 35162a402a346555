import { jsonLines } from './arrivals.mjs';

/**
 * The truth of all lives of the fleet, with an account for every boot. A boot that was killed has none of its own: everything
 * that it was given counts as accepted, and what it was given in its last turn is at risk, as the SDK hands the records of a
 * turn to the disk at the turn's end.
 */
export async function readTruth(file) {
  const lines = [];
  const boots = new Map();
  for await (const line of jsonLines(file, { torn: true })) {
    const key = `${line.device} ${line.boot}`;
    if (line.kind === 'account') {
      boots.set(key, null);
      lines.push(line);
      continue;
    }
    lines.push(line);
    const boot = boots.get(key) ?? { accepted: 0, last: 0, lastMs: -1 };
    boots.set(key, boot);
    const records = line.kind === 'samples' ? line.values.length : 1;
    boot.accepted += records;
    boot.last = line.uptimeMs === boot.lastMs ? boot.last + records : records;
    boot.lastMs = line.uptimeMs;
  }
  for (const [key, boot] of boots) {
    if (boot === null) continue;
    const [device, name] = key.split(' ');
    const { accepted, last: atRisk } = boot;
    lines.push({ kind: 'account', tenant: 'chaos', device, boot: name, accepted, atRisk });
  }
  return lines;
}
