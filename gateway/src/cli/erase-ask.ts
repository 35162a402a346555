import type { ErasurePlan } from '../domain/erasure/erase-plan.ts';
import type { Erasure } from '../domain/erasure/erasure.ts';
import type { DeviceId } from '../domain/ports.ts';
import { confirmed } from './confirmed.ts';
import { type EraseQuestion, withDesk } from './desk-client.ts';
import { deviceId, tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import type { PlaceFlags } from './quarantine-flags.ts';
import { readTime } from './read-time.ts';
import { readSettings } from './settings.ts';

interface EraseFlags extends PlaceFlags {
  device?: string;
  subject?: string;
  from?: string;
  to?: string;
  dryRun?: boolean;
  yes?: boolean;
}

export async function eraseAsk(flags: EraseFlags): Promise<void> {
  const question = readQuestion(flags);
  const what = inWords(question);
  if (flags.dryRun) {
    const plan = await withDesk(readSettings(flags), flags.url, (desk) => desk.planErasure(question));
    tell(flags, plan, planText(plan, what));
    return;
  }
  if (!flags.yes) await confirmed(`Erase ${what} for good`, 'Nothing was erased.');
  const { erasure, isRunning } = await withDesk(readSettings(flags), flags.url, async (desk) => ({
    erasure: await desk.erase(question),
    isRunning: desk.isRunning,
  }));
  tell(flags, erasure, askedText(erasure, what, isRunning));
}

function readQuestion(flags: EraseFlags): EraseQuestion {
  const { subject, from, to } = flags;
  return {
    ...readDevice(flags.device),
    ...(subject === undefined ? {} : { subject: /^\d{1,3}$/.test(subject) ? Number(subject) : subject }),
    ...(from === undefined ? {} : { fromMs: readTime(from, '--from').firstMs }),
    ...(to === undefined ? {} : { toMs: readTime(to, '--to').lastMs }),
  };
}

export function readDevice(named: string | undefined): DeviceId {
  const [tenant, device, more] = (named ?? '').split('.');
  if (tenant !== undefined && device !== undefined && more === undefined) return deviceId(tenant, device);
  throw new CommandEnd(
    Exit.usage,
    `--device is ${named === undefined ? 'missing' : `"${named}"`}; name it as tenant.device.`,
  );
}

function inWords({ tenant, device, subject, fromMs, toMs }: EraseQuestion): string {
  const whose = subject === undefined ? 'everything' : `everything of subject "${subject}"`;
  const iso = (ms: number) => new Date(ms).toISOString();
  const from = fromMs === undefined ? '' : ` from ${iso(fromMs)}`;
  return `${whose} of ${tenant}.${device}${from}${toMs === undefined ? '' : ` to ${iso(toMs)}`}`;
}

function planText({ messages, records, quarantined }: ErasurePlan, what: string): string {
  return `${what}: the gateway holds ${messages} messages with ${records} records, and ${quarantined} in quarantine.
What sinks and the device hold is known when they are asked; nothing was erased (dry run).\n`;
}

function askedText({ id }: Erasure, what: string, isRunning: boolean): string {
  const next = isRunning
    ? `It goes on by itself, also over restarts: "usewire erase status ${id}" says how far it is.`
    : 'No gateway runs: it is done as soon as one is started with this data folder.';
  return `Asked to erase ${what}: request ${id}.\n${next}\n`;
}
