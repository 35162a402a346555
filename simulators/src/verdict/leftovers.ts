import type { DeviceAccount } from './books.ts';
import type { Findings } from './findings.ts';
import { type Expected, type Stream, same } from './stream.ts';
import { type Arrived, describe, deviceName } from './truth.ts';

interface Missing {
  stream: Stream;
  expected: Expected;
}

const alikeKey = (point: string, value: unknown): string => `${point} ${JSON.stringify(value)}`;

/** Gives each record that fits nothing its reason, and each value that did not arrive its gap. */
export function resolveLeftovers(
  streams: readonly Stream[],
  strays: readonly Arrived[],
  accounts: readonly DeviceAccount[],
  findings: Findings,
): void {
  const missing: Missing[] = [];
  for (const stream of streams) {
    for (const expected of stream.expected) if (!expected.found) missing.push({ stream, expected });
  }
  const alike = new Map<string, Missing[]>();
  for (const one of strays.length === 0 ? [] : missing) {
    const key = alikeKey(one.stream.point, one.expected.value);
    const list = alike.get(key);
    if (list === undefined) alike.set(key, [one]);
    else list.push(one);
  }
  for (const record of strays)
    explain(record, alike.get(alikeKey(record.point, record.value)) ?? [], findings);
  for (const account of accounts) checkLost(account, missing, findings);
}

/** At a wrong time on its own device, under the wrong device, or from nowhere. */
function explain(record: Arrived, alike: readonly Missing[], findings: Findings): void {
  const device = deviceName(record);
  const fits = alike.filter((one) => !one.expected.found && same(one.expected, record));
  const other = fits.find(
    (one) => one.expected.uptimeMs === record.uptimeMs && one.expected.boot === record.boot,
  );
  if (other !== undefined) {
    other.expected.found = true;
    const whose = `${other.stream.device} ${other.stream.subject ?? ''}`.trim();
    findings.add('foreign', device, `${describe(record)}: was recorded by ${whose}`);
    return;
  }
  const own = fits.find((one) => one.stream.device === device && one.stream.subject === record.subject);
  if (own !== undefined) {
    own.expected.found = true;
    findings.add('time', device, `${describe(record)}: was recorded at uptime ${own.expected.uptimeMs} ms`);
    return;
  }
  findings.add('unknown', device, describe(record));
}

/** Gaps say how many are lost, not which; more missing than they say is a silent loss. */
function checkLost(account: DeviceAccount, missing: readonly Missing[], findings: Findings): void {
  const own = missing.filter((one) => one.stream.device === account.device && !one.expected.found);
  const silent = own.length - account.gaps - account.atRisk;
  if (silent <= 0) return;
  const { stream, expected } = own[0]!;
  const example = `${stream.point} of uptime ${expected.uptimeMs} ms, value ${JSON.stringify(expected.value)}`;
  findings.add('lost', account.device, example, silent);
}
