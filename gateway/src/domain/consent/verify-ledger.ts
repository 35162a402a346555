import type { LedgerRow } from '../stored.ts';
import { chainHash, NO_HASH, principalOf, readEntry } from './ledger-entry.ts';

/** Where a tenant's chain stops to hold. */
export interface LedgerBreak {
  /** Number that the entry has, or should have. */
  number: number;
  what: 'missing' | 'unreadable' | 'changed' | 'moved' | 'other-person';
  /** A sentence. */
  detail: string;
}

export interface LedgerVerdict {
  tenant: string;
  entries: number;
  /** Of the last entry that holds: compare it with one that was written down elsewhere to see that nothing was cut off the end. */
  head: Uint8Array;
  break: LedgerBreak | null;
}

/** Rows of one tenant in the order of their numbers. It stops at the first break: behind it nothing is proven. */
export function verifyLedger(tenant: string, rows: Iterable<LedgerRow>): LedgerVerdict {
  let head: Uint8Array = NO_HASH;
  let entries = 0;
  for (const row of rows) {
    const found = breakOf(row, entries + 1, head);
    if (found !== null) return { tenant, entries, head, break: found };
    head = row.hash;
    entries += 1;
  }
  return { tenant, entries, head, break: null };
}

function breakOf(row: LedgerRow, number: number, before: Uint8Array): LedgerBreak | null {
  const at = (what: LedgerBreak['what'], detail: string) => ({ number, what, detail });
  if (row.number !== number)
    return at('missing', `entry ${number} is not there; the next one is ${row.number}`);
  const hash = chainHash(before, row.body);
  if (hash.some((byte, i) => byte !== row.hash[i]))
    return at('changed', `the hash of entry ${number} is not that of its bytes behind entry ${number - 1}`);
  const entry = readEntry(row.body);
  if (entry === null) return at('unreadable', `the bytes of entry ${number} are no consent record`);
  const { tenant, subject, epoch } = entry;
  if (entry.number !== number || tenant !== row.tenant || subject !== row.subject || epoch !== row.epoch)
    return at('moved', `entry ${number} is filed under another tenant, subject or epoch than it says`);
  // Erased: whose it was is nowhere any more, and the chain holds without it.
  if (row.device === '' || row.salt.length === 0) return null;
  if (principalOf(row.salt, row, row.subject) === entry.principal) return null;
  return at('other-person', `entry ${number} is filed under a device or person that it was not made for`);
}
