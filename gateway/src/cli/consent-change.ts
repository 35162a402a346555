import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConsentRecord } from '../domain/consent/consent-record.ts';
import { purposeCode, purposeWords } from '../domain/consent/purpose-words.ts';
import { withDesk } from './desk-client.ts';
import { type DeviceFlags, deviceId, tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSettings } from './settings.ts';
import { readSpan } from './span.ts';

export interface ConsentFlags extends DeviceFlags {
  url?: string;
  subject: string;
  notice: string;
  noticeFile?: string;
  language: string;
  validFor?: string;
}

export function consentGrant(
  tenant: string,
  device: string,
  purposes: string[],
  flags: ConsentFlags,
): Promise<void> {
  return enter({ tenant, device, purposes, isGranted: true }, flags);
}

export function consentWithdraw(
  tenant: string,
  device: string,
  purposes: string[],
  flags: ConsentFlags,
): Promise<void> {
  return enter({ tenant, device, purposes, isGranted: false }, flags);
}

export async function consentSignal(
  tenant: string,
  device: string,
  flags: DeviceFlags & { url?: string; subject: string; off?: boolean },
): Promise<void> {
  const signal = { ...deviceId(tenant, device), subject: readSubject(flags.subject), isOptOut: !flags.off };
  const record = await withDesk(readSettings(flags), flags.url, (desk) => desk.signal(signal));
  const { number } = record.chain;
  const what = flags.off ? 'The signal is over' : "Third parties' sinks get nothing for marketing or sale";
  tell(flags, record, `${what}; entry ${number} of ${tenant}.\n`);
}

/** A slot, or the name of a subject. */
function readSubject(text: string): string | number {
  return /^\d{1,3}$/.test(text) ? Number(text) : text;
}

interface Asked {
  tenant: string;
  device: string;
  purposes: string[];
  isGranted: boolean;
}

async function enter({ tenant, device, purposes, isGranted }: Asked, flags: ConsentFlags): Promise<void> {
  const id = deviceId(tenant, device);
  const hash = flags.noticeFile === undefined ? '' : hashOf(flags.noticeFile);
  const { notice: version, language, validFor } = flags;
  const validUntilMs = validFor === undefined ? undefined : Date.now() + readSpan(validFor, '--valid-for');
  const choice = {
    ...id,
    subject: readSubject(flags.subject),
    purposes: Object.fromEntries(purposes.map((word) => [readPurpose(word), isGranted])),
    notice: { version, hash, language },
    validUntilMs,
  };
  const record = await withDesk(readSettings(flags), flags.url, (desk) => desk.choose(choice));
  tell(flags, record, enteredText(`${tenant}.${device}`, record));
}

export function readPurpose(word: string): number {
  const code = purposeCode(word);
  if (code !== null) return code;
  throw new CommandEnd(Exit.usage, `"${word}" is no purpose; there are: ${purposeWords.join(', ')}.`);
}

function enteredText(name: string, { record_id, events, chain }: ConsentRecord): string {
  const epoch = events[0]!.consent_epoch;
  return `Entry ${chain.number} of ${chain.tenant}: ${name}, epoch ${epoch}, record ${record_id}.\nThe gateway acts on it now, the device when it hears of it.\n`;
}

function hashOf(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (error) {
    throw new CommandEnd(Exit.usage, `The notice ${file} cannot be read: ${(error as Error).message}.`);
  }
}
