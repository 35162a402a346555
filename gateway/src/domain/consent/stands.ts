import type { DeviceId, LedgerRow } from '../stored.ts';
import { type ConsentEntry, readEntry } from './ledger-entry.ts';
import { purposeWord } from './purpose-words.ts';

/** How one purpose of one person stands. */
export interface Stand extends DeviceId {
  subject: number;
  purpose: string;
  state: 'refused' | 'granted' | 'withdrawn';
  /** When it came to be so. */
  sinceMs: number;
  how: string;
  by: string;
  notice: string;
  validUntilMs: number | null;
  epoch: number;
  /** The device acts on it. */
  isConfirmed: boolean;
}

const STATES: Stand['state'][] = ['refused', 'granted', 'withdrawn'];

/** Rows in the order of their numbers. What was erased, or cannot be read, stands for nobody. */
export function subjectStands(rows: Iterable<LedgerRow>): Stand[] {
  const people = new Map<string, Stand[]>();
  for (const row of rows) {
    const entry = readEntry(row.body);
    if (entry === null || row.device === '') continue;
    const key = `${row.tenant}.${row.device}.${row.subject}`;
    const before = people.get(key) ?? [];
    const isSignal = entry.how === 'opt-out' || entry.how === 'opt-in';
    people.set(key, isSignal ? withSignal(row, entry, before) : standsOf(row, entry, before));
  }
  return [...people.values()].flat();
}

const SIGNAL = 'third parties: marketing, sale';

function withSignal(row: LedgerRow, entry: ConsentEntry, before: readonly Stand[]): Stand[] {
  const others = before.filter(({ purpose }) => purpose !== SIGNAL);
  if (entry.how === 'opt-in') return others;
  const { tenant, device, subject } = row;
  const { atMs: sinceMs, how, by, epoch } = entry;
  const who = { tenant, device, subject, purpose: SIGNAL, state: 'refused' as const };
  return [...others, { ...who, sinceMs, how, by, notice: '', validUntilMs: null, epoch, isConfirmed: true }];
}

function standsOf(row: LedgerRow, entry: ConsentEntry, before: readonly Stand[]): Stand[] {
  const { tenant, device, subject } = row;
  const { atMs: sinceMs, how, by, notice, validUntilMs, epoch } = entry;
  const isConfirmed = how === 'device' || row.ackedAtMs !== null;
  const signal = before.filter(({ purpose }) => purpose === SIGNAL);
  const stands = Object.entries(entry.choices).map(([code, choice]) => {
    const [purpose, state] = [purposeWord(Number(code)), STATES[choice]!];
    const same = before.find((stand) => stand.purpose === purpose && stand.state === state);
    const origin = same ?? { sinceMs, how, by, notice: notice.version };
    const who = { tenant, device, subject, purpose, state };
    const came = { sinceMs: origin.sinceMs, how: origin.how, by: origin.by, notice: origin.notice };
    return { ...who, ...came, validUntilMs, epoch, isConfirmed };
  });
  return [...stands, ...signal];
}
