import { sha256 } from '@usewire/protocol/model';
import { type Choice, toHex } from '@usewire/protocol/wire';
import type { DeviceId, LedgerRow } from '../stored.ts';
import { purposeIri } from './dpv.ts';

/** By purpose code. A code that is absent is undecided, which is not granted. */
export type Choices = Readonly<Record<string, Choice>>;

/**
 * device: chosen on the product. service: in the maker's service. import: brought from another system. merge: what follows when both
 * chose without knowing of each other, or a set that a device passed over and is told again. expiry: its time was over. opt-out, opt-in: a
 * signal against third parties, which leaves the choices as they are.
 */
export type ConsentHow = 'device' | 'service' | 'import' | 'merge' | 'expiry' | 'opt-out' | 'opt-in';

export interface Notice {
  /** Version that the maker gave the text; '' = not told. */
  version: string;
  /** Hex of the SHA-256 of the text; '' = not told. */
  hash: string;
  /** BCP 47, as 'de-AT'; '' = not told. */
  language: string;
}

/** A board tells the choice, not the text that was read. */
export const NO_NOTICE: Notice = { version: '', hash: '', language: '' };

/** One change of one person's choices: always the whole set that holds from here on. What ISO/IEC TS 27560 asks for and a gateway can know. */
export interface ConsentEntry {
  tenant: string;
  /** Place in the tenant's chain, from 1. */
  number: number;
  /** Stands for tenant, device and subject slot; without the row's salt nobody can tell whom. 32 hex digits. */
  principal: string;
  subject: number;
  epoch: number;
  /** The epoch it was made on top of. */
  base: number;
  how: ConsentHow;
  /** Who did it, in the service's words; '' where the device said it. */
  by: string;
  choices: Choices;
  notice: Notice;
  /** When it was chosen, Unix ms, as far as that is known. */
  atMs: number;
  receivedAtMs: number;
  /** Unix ms; null = until it is changed. */
  validUntilMs: number | null;
  /** Of the configuration, at that time. */
  controller: string;
  jurisdiction: string;
  /** The message that brought it; '' and null = none did. */
  boot: string;
  seq: number | null;
}

const FORMAT = 'pou-consent-1';

/** The bytes that the chain covers: a JSON list in this order without white space, purposes by rising code. */
export function entryBody(entry: ConsentEntry): string {
  const purposes = Object.entries(entry.choices)
    .map(([code, choice]) => [Number(code), purposeIri(Number(code)), choice] as const)
    .sort((a, b) => a[0] - b[0]);
  const { tenant, number, principal, subject, epoch, base, how, by, notice } = entry;
  const who = [tenant, number, principal, subject, epoch, base, how, by];
  const { atMs, receivedAtMs, validUntilMs, controller, jurisdiction, boot, seq } = entry;
  const told = [notice.version, notice.hash, notice.language];
  const when = [atMs, receivedAtMs, validUntilMs];
  return JSON.stringify([FORMAT, ...who, purposes, ...told, ...when, controller, jurisdiction, boot, seq]);
}

/** Null when it is not what `entryBody` writes. */
export function readEntry(body: string): ConsentEntry | null {
  try {
    const list = JSON.parse(body) as unknown[];
    const entry = fromList(list);
    return entryBody(entry) === body ? entry : null;
  } catch {
    return null;
  }
}

function fromList(list: unknown[]): ConsentEntry {
  const [, tenant, number, principal, subject, epoch, base, how, by, purposes, ...rest] = list as [
    string,
    string,
    number,
    string,
    number,
    number,
    number,
    ConsentHow,
    string,
    [number, string, Choice][],
    ...unknown[],
  ];
  const [version, hash, language, atMs, receivedAtMs, validUntilMs, controller, jurisdiction, boot, seq] =
    rest as [string, string, string, number, number, number | null, string, string, string, number | null];
  const choices = Object.fromEntries(purposes.map(([code, , choice]) => [code, choice]));
  const who = { tenant, number, principal, subject, epoch, base, how, by, choices };
  const when = { atMs, receivedAtMs, validUntilMs };
  return { ...who, notice: { version, hash, language }, ...when, controller, jurisdiction, boot, seq };
}

/** Before the first entry of a chain. */
export const NO_HASH = new Uint8Array(32);

/** SHA-256 over the hash before and the entry's bytes: nothing can be changed, left out or put in between without the rest not fitting. */
export function chainHash(before: Uint8Array, body: string): Uint8Array {
  const text = new TextEncoder().encode(body);
  const bytes = new Uint8Array(before.length + text.length);
  bytes.set(before);
  bytes.set(text, before.length);
  return sha256(bytes);
}

/** A name for a person that says nothing without the salt; whoever erases the salt leaves a record of nobody. */
export function principalOf(salt: Uint8Array, { tenant, device }: DeviceId, subject: number): string {
  const name = new TextEncoder().encode(`${toHex(salt)} ${tenant} ${device} ${subject}`);
  return toHex(sha256(name).subarray(0, 16));
}

/** Id of a consent record: the first half of its hash, so that a record proves its place. */
export function recordId(row: Pick<LedgerRow, 'hash'>): string {
  return toHex(row.hash.subarray(0, 16));
}
