import { toHex } from '@usewire/protocol/wire';
import type { LedgerRow } from '../stored.ts';
import { purposeIri, stateIri } from './dpv.ts';
import { type ConsentEntry, readEntry, recordId } from './ledger-entry.ts';

/** The fields of a consent record of ISO/IEC TS 27560 that a gateway knows, in the words of W3C DPV. What it cannot know is left out. */
export interface ConsentRecord {
  schema_version: string;
  record_id: string;
  pii_principal_id: string;
  pii_processing: {
    privacy_notice: { version: string; sha256: string };
    language: string;
    purposes: { code: number; purpose: string; state: string; consent_type: string }[];
    pii_controller: string;
    jurisdiction: string;
    withdrawal_method: string;
  };
  events: {
    event_time: string;
    recorded_time: string;
    validity: string | null;
    entity: string;
    event_type: string;
    consent_epoch: number;
    in_force_on_device_since: string | null;
  }[];
  /** What proves the record's place: SHA-256 over the entry before and this one. */
  chain: { tenant: string; number: number; sha256: string };
}

/** Null when the bytes of the row are no entry. */
export function consentRecord(row: LedgerRow): ConsentRecord | null {
  const entry = readEntry(row.body);
  if (entry === null) return null;
  const { notice, controller, jurisdiction } = entry;
  return {
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: recordId(row),
    pii_principal_id: entry.principal,
    pii_processing: {
      privacy_notice: { version: notice.version, sha256: notice.hash },
      language: notice.language,
      purposes: purposesOf(entry),
      pii_controller: controller,
      jurisdiction,
      withdrawal_method: 'on the device, or in the service of the controller',
    },
    events: [eventOf(entry, row)],
    chain: { tenant: entry.tenant, number: entry.number, sha256: toHex(row.hash) },
  };
}

function purposesOf({ choices }: ConsentEntry) {
  return Object.entries(choices).map(([code, choice]) => ({
    code: Number(code),
    purpose: purposeIri(Number(code)),
    state: stateIri(choice),
    consent_type: 'https://w3id.org/dpv#ExplicitlyExpressedConsent',
  }));
}

function eventOf(entry: ConsentEntry, row: LedgerRow) {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const { how, by, epoch } = entry;
  const since = how === 'device' ? entry.atMs : row.ackedAtMs;
  return {
    event_time: time(entry.atMs)!,
    recorded_time: time(entry.receivedAtMs)!,
    validity: time(entry.validUntilMs),
    entity: by === '' ? (how === 'device' ? entry.principal : 'gateway') : by,
    event_type: how,
    consent_epoch: epoch,
    in_force_on_device_since: time(since),
  };
}
