import type { DeviceId } from '../domain/ports.ts';
import type { RegisteredDevice } from '../registry/registry-rows.ts';
import type { ShownSealKey } from '../registry/seal-desk.ts';
import { adminUrl, askGateway } from './admin-client.ts';
import { type DeviceFlags, deviceId, tell, withRegistry } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { table } from './text-table.ts';

export function deviceList(flags: DeviceFlags & { tenant?: string }): void {
  withRegistry(flags, (registry) => {
    const devices = registry.list(flags.tenant);
    const rows = devices.map((one) => [
      `${one.tenant}.${one.device}`,
      one.status,
      time(one.createdMs),
      time(one.rotatedMs),
      time(one.revokedMs),
    ]);
    const text = table(['device', 'status', 'added', 'rotated', 'revoked'], rows);
    tell(flags, devices.map(inWords), devices.length === 0 ? 'No device is registered.\n' : text);
  });
}

/** What the gateway has heard of a device; of what `/api/devices` answers, the part shown here. */
interface HeardDevice extends DeviceId {
  state: string;
  records: number;
  lastSeenMs: number;
  missing: { boot: string; from: number; to: number }[];
}

export async function deviceShow(
  tenant: string,
  device: string,
  flags: DeviceFlags & { url?: string },
): Promise<void> {
  const id = deviceId(tenant, device);
  const { known, seals, history, config } = withRegistry(flags, (registry, settings) => ({
    known: registry.find(id),
    seals: registry.seals.list(id),
    history: registry.history(id),
    config: settings,
  }));
  const heard = await heardOf(id, flags.url ?? adminUrl(config));
  if (known === null && seals.length === 0 && heard.device === null) {
    throw new CommandEnd(Exit.unavailable, `${tenant}.${device} is not registered. ${heard.note}`);
  }
  const told = history.map(({ atMs, what, by }) => ({ at: time(atMs), what, by }));
  const registered = known === null ? null : inWords(known);
  tell(
    flags,
    { tenant, device, registered, seals: seals.map(sealInWords), history: told, heard: heard.device },
    showText(id, { known, seals, told, heard }),
  );
}

interface Heard {
  device: HeardDevice | null;
  note: string;
}

async function heardOf(id: DeviceId, url: string): Promise<Heard> {
  try {
    const { text } = await askGateway(url, '/api/devices');
    const devices = JSON.parse(text) as HeardDevice[];
    const device = devices.find((one) => one.tenant === id.tenant && one.device === id.device) ?? null;
    return { device, note: device === null ? 'The gateway has not heard of it yet.' : '' };
  } catch (error) {
    if (error instanceof CommandEnd) return { device: null, note: error.message };
    throw error;
  }
}

type Told = { at: string; what: string; by: string }[];

interface Shown {
  known: RegisteredDevice | null;
  seals: ShownSealKey[];
  told: Told;
  heard: Heard;
}

function showText({ tenant, device }: DeviceId, { known, seals, told, heard }: Shown): string {
  const lines = [`${tenant}.${device}  ${known?.status ?? 'not registered'}`];
  if (known?.oldTokenUntilMs)
    lines.push(`the token before is good until ${time(known.oldTokenUntilMs)}, or the new one is used`);
  lines.push(...seals.map(sealLine));
  lines.push(...told.map(({ at, what, by }) => `  ${at}  ${what} (${by})`));
  lines.push(...(heard.device === null ? [heard.note] : heardLines(heard.device)));
  return `${lines.join('\n')}\n`;
}

function sealInWords({ generation, level, createdMs, usedMs, untilMs }: ShownSealKey) {
  const times = { created: time(createdMs), firstUsed: time(usedMs) || null, until: time(untilMs) || null };
  return { generation, level: `s${level}`, ...times };
}

function sealLine({ generation, level, usedMs, untilMs }: ShownSealKey): string {
  const used = usedMs === null ? 'never used' : `used since ${time(usedMs)}`;
  const end = untilMs === null ? '' : `, taken until ${time(untilMs)}`;
  return `seal key ${generation}: S${level}, ${used}${end}`;
}

function heardLines({ state, records, lastSeenMs, missing }: HeardDevice): string[] {
  const ranges = missing.map(
    ({ boot, from, to }) => `  boot ${boot}: ${from === to ? from : `${from}-${to}`}`,
  );
  const head = `${state}, ${records} records stored, last heard ${time(lastSeenMs)}`;
  return [
    head,
    missing.length === 0 ? 'no sequence number is missing' : 'missing sequence numbers:',
    ...ranges,
  ];
}

function inWords({ tenant, device, status, ...times }: RegisteredDevice) {
  const { createdMs, rotatedMs, revokedMs, oldTokenUntilMs } = times;
  return {
    tenant,
    device,
    status,
    created: time(createdMs),
    rotated: time(rotatedMs) || null,
    revoked: time(revokedMs) || null,
    oldTokenUntil: time(oldTokenUntilMs) || null,
  };
}

function time(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString();
}
