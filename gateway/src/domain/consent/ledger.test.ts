import type { Choice } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../ports.ts';
import { consentBook, draftOf } from './consent-book.ts';
import { coveredBits, noConsent } from './consent-state.ts';
import { onDeviceChoice } from './decide.ts';
import { NO_NOTICE, readEntry, recordId } from './ledger-entry.ts';
import { verifyLedger } from './verify-ledger.ts';

const TERMS = { controller: 'Acme GmbH, privacy@acme.example', jurisdiction: 'EU', validForMs: null };
const T0 = 1_800_000_000_000;

/** Two people of a bed choose three times. */
function ledger(): LedgerRow[] {
  let salts = 0;
  const book = consentBook(TERMS, [], {
    newSalt: () => new Uint8Array(16).fill(++salts),
    takenBack: () => {},
  });
  const bed = { tenant: 'acme', device: 'bed-1', consent: noConsent() };
  const group: { consents: LedgerRow[] } = { consents: [] };
  const chosen: [subject: number, choices: Record<string, Choice>][] = [
    [1, { 6: 1, 10: 1 }],
    [2, { 6: 0 }],
    [1, { 6: 2 }],
  ];
  chosen.forEach(([subject, choices], base) => {
    const drafts = onDeviceChoice(bed.consent, { subject, base, choices, validUntilMs: null });
    const when = { atMs: T0 + base, receivedAtMs: T0 + base + 5 };
    const notice = { version: '2026-09', hash: '', language: 'de-AT' };
    book.append(group, bed, drafts, { by: '', notice, ...when, boot: '1', seq: base });
  });
  return group.consents;
}

describe('the consent ledger', () => {
  it('says who, for what, under which notice, when, how and until when, and keeps its bytes', () => {
    const [first, , third] = ledger();
    expect(readEntry(third!.body)).toEqual({
      tenant: 'acme',
      number: 3,
      principal: readEntry(first!.body)!.principal,
      subject: 1,
      epoch: 3,
      base: 2,
      how: 'device',
      by: '',
      choices: { 6: 2, 10: 1 },
      notice: { version: '2026-09', hash: '', language: 'de-AT' },
      atMs: T0 + 2,
      receivedAtMs: T0 + 7,
      validUntilMs: null,
      controller: TERMS.controller,
      jurisdiction: 'EU',
      boot: '1',
      seq: 2,
    });
    expect(third!.body).toContain('[6,"https://w3id.org/dpv#ServicePersonalisation",2]');
    expect(recordId(third!)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('names nobody in its bytes: without the salt the entry is of no device', () => {
    for (const { body } of ledger()) expect(body).not.toContain('bed-1');
    const principals = ledger().map(({ body }) => readEntry(body)!.principal);
    expect(new Set(principals).size).toBe(2);
  });

  it('holds from the first entry to the last', () => {
    const rows = ledger();
    expect(verifyLedger('acme', rows)).toEqual({
      tenant: 'acme',
      entries: 3,
      head: rows[2]!.hash,
      break: null,
    });
    expect(verifyLedger('nobody', [])).toMatchObject({ entries: 0, break: null });
  });

  it('still holds when an erasure has taken away whose entries they were', () => {
    const rows = ledger().map((row) => ({ ...row, device: '', salt: new Uint8Array(0) }));
    expect(verifyLedger('acme', rows)).toMatchObject({ entries: 3, break: null });
  });

  const forged = (body: string) => body.replace(',2]', ',1]');
  it.each<[string, (rows: LedgerRow[]) => LedgerRow[], object]>([
    [
      'one is changed',
      (rows) => rows.map((row) => ({ ...row, body: forged(row.body) })),
      { number: 3, what: 'changed' },
    ],
    ['one is taken out', (rows) => rows.filter(({ number }) => number !== 2), { number: 2, what: 'missing' }],
    ['two change places', (rows) => [rows[1]!, rows[0]!, rows[2]!], { number: 1, what: 'missing' }],
    [
      'one is given to another device',
      (rows) => [{ ...rows[0]!, device: 'bed-2' }],
      { number: 1, what: 'other-person' },
    ],
    [
      'one is filed under another person',
      (rows) => [{ ...rows[0]!, subject: 2 }],
      { number: 1, what: 'moved' },
    ],
    ['one is filed under a later epoch', (rows) => [{ ...rows[0]!, epoch: 9 }], { number: 1, what: 'moved' }],
  ])('says exactly where it breaks when %s', (_, tamper, expected) => {
    expect(verifyLedger('acme', tamper(ledger())).break).toMatchObject(expected);
  });

  it('goes on behind its last entry after a restart', () => {
    const rows = ledger();
    const group: { consents: LedgerRow[] } = { consents: [] };
    const book = consentBook(TERMS, rows, { newSalt: () => new Uint8Array(16), takenBack: () => {} });
    const bed = { tenant: 'acme', device: 'bed-9', consent: noConsent() };
    const drafts = onDeviceChoice(bed.consent, {
      subject: 0,
      base: 0,
      choices: { 2: 1 },
      validUntilMs: null,
    });
    book.append(group, bed, drafts, {
      by: '',
      notice: NO_NOTICE,
      atMs: T0,
      receivedAtMs: T0,
      boot: '1',
      seq: 0,
    });
    expect(verifyLedger('acme', [...rows, ...group.consents])).toMatchObject({ entries: 4, break: null });
    expect(coveredBits(bed.consent, 0, 1, T0)).not.toBe(0);
  });

  it('grants nothing by bytes that cannot be read', () => {
    expect(draftOf({ ...ledger()[0]!, body: '["pou-consent-1"]' })).toBeNull();
    expect(draftOf({ ...ledger()[0]!, body: '{' })).toBeNull();
  });
});
