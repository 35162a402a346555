import type { Receipt, SinkTotals } from './ports.ts';

export const TOTALS = [
  'delivered',
  'records',
  'withheld',
  'rejected',
  'retried',
] as const satisfies (keyof SinkTotals)[];

export function totalsOf(receipts: readonly Receipt[]): SinkTotals {
  const totals: SinkTotals = { delivered: 0, records: 0, withheld: 0, rejected: 0, retried: 0 };
  for (const { accepted, messages, records, withheld, attempts } of receipts) {
    totals[accepted ? 'delivered' : 'rejected'] += messages;
    if (accepted) totals.records += records;
    if (accepted) totals.withheld += withheld;
    totals.retried += attempts - 1;
  }
  return totals;
}
