import type { CommitGroup } from '../commit-queue.ts';
import type { DeviceId, LedgerRow } from '../ports.ts';
import { type ConsentDraft, type DeviceConsent, fold } from './consent-state.ts';
import {
  type ConsentEntry,
  chainHash,
  entryBody,
  NO_HASH,
  type Notice,
  principalOf,
  readEntry,
} from './ledger-entry.ts';

/** What the configuration says of every consent record. */
export interface ConsentTerms {
  /** Who answers for the data; '' = not told. */
  controller: string;
  /** As 'EU' or 'AT'; '' = not told. */
  jurisdiction: string;
  /** How long a grant holds, ms; null = until it is changed. */
  validForMs: number | null;
}

/** What is known of a choice beside what it says. */
export interface ConsentFacts {
  by: string;
  notice: Notice;
  atMs: number;
  receivedAtMs: number;
  boot: string;
  seq: number | null;
}

/** A device with what the ledger says of it. */
export type Consenting = DeviceId & { readonly consent: DeviceConsent };

export interface ConsentBook {
  readonly terms: ConsentTerms;
  /** Puts entries into the commit that is being gathered, and folds them: from now on they count. */
  append(
    group: Pick<CommitGroup, 'consents'>,
    device: Consenting,
    drafts: readonly ConsentDraft[],
    facts: ConsentFacts,
  ): LedgerRow[];
}

export interface ConsentPorts {
  /** 16 bytes that nobody can guess. */
  newSalt(): Uint8Array;
  /** A grant that records rest on is gone: what is on its way to sinks ends now. */
  takenBack(id: DeviceId): void;
}

/**
 * The consent ledger: one chain a tenant, so that each can be handed over and verified without the others', and one tenant's people do not
 * show in another's numbers. Groups are committed in the order in which they are gathered, so the chain on disk is this one.
 */
export function consentBook(
  terms: ConsentTerms,
  rows: readonly LedgerRow[],
  ports: ConsentPorts,
): ConsentBook {
  const heads = new Map<string, { number: number; hash: Uint8Array }>();
  for (const { tenant, number, hash } of rows) heads.set(tenant, { number, hash });

  function row(device: Consenting, draft: ConsentDraft, facts: ConsentFacts): LedgerRow {
    const { tenant } = device;
    const head = heads.get(tenant) ?? { number: 0, hash: NO_HASH };
    const number = head.number + 1;
    const { subject, epoch } = draft;
    const salt = device.consent.subjects.get(subject)?.salt ?? ports.newSalt();
    const { controller, jurisdiction } = terms;
    const principal = principalOf(salt, device, subject);
    const entry: ConsentEntry = {
      ...{ tenant, number, principal, controller, jurisdiction },
      ...facts,
      ...draft,
    };
    const body = entryBody(entry);
    const hash = chainHash(head.hash, body);
    heads.set(tenant, { number, hash });
    return { tenant, device: device.device, number, subject, epoch, salt, body, hash, ackedAtMs: null };
  }

  return {
    terms,
    append(group, device, drafts, facts) {
      return drafts.map((draft) => {
        const made = row(device, draft, facts);
        if (fold(device.consent, draft, made)) ports.takenBack(device);
        group.consents.push(made);
        return made;
      });
    },
  };
}

/** What an entry on disk changes; null = it cannot be read, and grants nothing. */
export function draftOf({ body }: LedgerRow): ConsentDraft | null {
  const entry = readEntry(body);
  if (entry === null) return null;
  const { subject, epoch, base, how, choices, validUntilMs } = entry;
  return { subject, epoch, base, how, choices, validUntilMs };
}
