import type { ConsentsOf, LedgerRow, SpoolStore } from '../ports.ts';

/** Entries in the order of their numbers, read a page at a time: a ledger may be longer than memory should hold. */
export function* ledgerRows(
  store: Pick<SpoolStore, 'consents'>,
  of: Omit<ConsentsOf, 'limit'>,
): Generator<LedgerRow> {
  for (let after = of.after ?? 0; ; ) {
    const rows = store.consents({ ...of, after });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.number;
  }
}
