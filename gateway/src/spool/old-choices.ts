import type { Choice } from '@usewire/protocol/wire';
import { consentBook } from '../domain/consent/consent-book.ts';
import { type DeviceConsent, noConsent } from '../domain/consent/consent-state.ts';
import { onDeviceChoice } from '../domain/consent/decide.ts';
import type { LedgerRow } from '../domain/ports.ts';
import { newSalt } from '../system.ts';
import { consentStore } from './consent-store.ts';
import type { SqlDatabase } from './sqlite.ts';

/** A row of the table `choices`, which stores before version 8 had in place of a ledger. */
export interface OldChoice {
  tenant: string;
  device: string;
  boot: string;
  seq: number;
  epoch: number;
  subject: number;
  /** JSON: purpose code -> choice. */
  purposes: string;
  received_ms: number;
}

const NO_TERMS = { controller: '', jurisdiction: '', validForMs: null };

/** The ledger that a gateway would have kept. Notices, languages and ends of grants were told by nobody then. */
export function ledgerOf(choices: readonly OldChoice[]): LedgerRow[] {
  const book = consentBook(NO_TERMS, [], { newSalt, takenBack: () => {} });
  const group: { consents: LedgerRow[] } = { consents: [] };
  const devices = new Map<string, DeviceConsent>();
  const inOrder = choices.toSorted((a, b) => a.received_ms - b.received_ms || a.seq - b.seq);
  for (const { tenant, device, boot, seq, epoch: base, subject, purposes, received_ms } of inOrder) {
    const consent = devices.get(`${tenant}.${device}`) ?? noConsent();
    devices.set(`${tenant}.${device}`, consent);
    const told = JSON.parse(purposes) as Record<string, Choice>;
    const drafts = onDeviceChoice(consent, { subject, base, choices: told, validUntilMs: null });
    const notice = { version: '', hash: '', language: '' };
    const facts = { by: '', notice, atMs: received_ms, receivedAtMs: received_ms, boot, seq };
    book.append(group, { tenant, device, consent }, drafts, facts);
  }
  return group.consents;
}

export function migrateChoices(db: SqlDatabase): void {
  const rows = db.prepare('SELECT * FROM choices').all() as OldChoice[];
  consentStore(db).add(ledgerOf(rows));
  db.exec('DROP TABLE choices');
}
