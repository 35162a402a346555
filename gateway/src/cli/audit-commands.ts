import { toHex } from '@usewire/protocol/wire';
import type { Command } from 'commander';
import { ledgerRows } from '../domain/consent/ledger-rows.ts';
import { type LedgerVerdict, verifyLedger } from '../domain/consent/verify-ledger.ts';
import { type DeviceFlags, tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSettings } from './settings.ts';
import { readStore } from './store-reader.ts';
import { table } from './text-table.ts';

/** `usewire audit …`: what can be proven of what was done. */
export function auditCommands(root: Command): void {
  const audit = root
    .command('audit')
    .description('what was done to the data, and the proof that records of consent are whole');
  audit
    .command('verify')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON')
    .description("walk each tenant's chain of consent records; exit code 1 where one breaks, with the place")
    .action(auditVerify);
  audit
    .command('show')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON')
    .description('who did what to the data, newest first')
    .action(auditShow);
}

/** Newest first, 1,000 at the most. */
function auditShow(flags: DeviceFlags): void {
  const entries = readStore(readSettings(flags).dataDirectory).spool.audit();
  const rows = entries.map(({ atMs, by, what, detail }) => [new Date(atMs).toISOString(), what, by, detail]);
  tell(
    flags,
    entries,
    rows.length === 0 ? 'Nobody has done anything yet.\n' : table(['at', 'what', 'by', 'detail'], rows),
  );
}

function auditVerify(flags: DeviceFlags): void {
  const { spool } = readStore(readSettings(flags).dataDirectory);
  const verdicts = spool
    .consentTenants()
    .map((tenant) => verifyLedger(tenant, ledgerRows(spool, { tenant })));
  const plain = verdicts.map(({ head, ...verdict }) => ({ ...verdict, head: toHex(head) }));
  tell(flags, plain, verdicts.map(verdictText).join('') || 'No tenant has a consent ledger yet.\n');
  if (verdicts.some((verdict) => verdict.break !== null)) throw new CommandEnd(Exit.refused, '');
}

function verdictText({ tenant, entries, head, break: broken }: LedgerVerdict): string {
  if (broken === null)
    return `${tenant}: ${entries} entries, whole and unchanged. Head ${toHex(head)}: keep it elsewhere, it shows whether an end is cut off.\n`;
  return `${tenant}: BROKEN at entry ${broken.number} (${broken.what}): ${broken.detail}. ${entries} entries before it hold.\n`;
}
