import { consentRecord } from '../domain/consent/consent-record.ts';
import { readEntry } from '../domain/consent/ledger-entry.ts';
import { ledgerRows } from '../domain/consent/ledger-rows.ts';
import { purposeWord } from '../domain/consent/purpose-words.ts';
import { type Stand, subjectStands } from '../domain/consent/stands.ts';
import type { LedgerRow } from '../domain/ports.ts';
import { type DeviceFlags, tell } from './device-registry-file.ts';
import { readSettings } from './settings.ts';
import { readStore } from './store-reader.ts';
import { table } from './text-table.ts';

/** From the store itself: with a running gateway and without. */
export function consentShow(tenant: string, device: string | undefined, flags: DeviceFlags): void {
  const stands = subjectStands(ledgerOf(tenant, device, flags));
  tell(flags, stands, showText(stands));
}

export function consentHistory(tenant: string, device: string | undefined, flags: DeviceFlags): void {
  const rows = ledgerOf(tenant, device, flags);
  tell(flags, rows.map(consentRecord), historyText(rows));
}

function ledgerOf(tenant: string, device: string | undefined, flags: DeviceFlags): LedgerRow[] {
  const { spool } = readStore(readSettings(flags).dataDirectory);
  return [...ledgerRows(spool, { tenant, device })];
}

function showText(stands: readonly Stand[]): string {
  if (stands.length === 0) return 'Nobody has decided on anything: nothing that rests on consent is taken.\n';
  const head = [
    'device',
    'subject',
    'purpose',
    'state',
    'since',
    'how',
    'notice',
    'until',
    'device acts on it',
  ];
  const rows = stands.map((one) => [
    one.device,
    String(one.subject),
    one.purpose,
    one.state,
    time(one.sinceMs),
    one.by === '' ? one.how : `${one.how} (${one.by})`,
    one.notice || '-',
    one.validUntilMs === null ? '-' : time(one.validUntilMs),
    one.isConfirmed ? 'yes' : 'not yet',
  ]);
  return table(head, rows);
}

const WORDS = ['refused', 'granted', 'withdrawn'];

function historyText(rows: readonly LedgerRow[]): string {
  const lines = rows.map((row) => {
    const entry = readEntry(row.body);
    if (entry === null) return [String(row.number), 'this entry cannot be read', '', '', '', ''];
    const choices = Object.entries(entry.choices).map(
      ([code, choice]) => `${purposeWord(Number(code))} ${WORDS[choice]}`,
    );
    const who = row.device === '' ? 'erased' : `${row.device}, subject ${row.subject}`;
    const how = entry.by === '' ? entry.how : `${entry.how} (${entry.by})`;
    return [String(row.number), time(entry.atMs), who, String(row.epoch), how, choices.join(', ')];
  });
  if (lines.length === 0) return 'The ledger has no entries of it.\n';
  return table(['entry', 'time', 'who', 'epoch', 'how', 'what holds from here on'], lines);
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
