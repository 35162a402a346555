import { type SeqSet, seqSet } from '../../domain/seq-set.ts';
import { consentStore } from '../consent-store.ts';
import { ledgerOf, type OldChoice } from '../old-choices.ts';
import { MESSAGE_COLUMNS } from '../rows.ts';
import { prepareSchema } from '../schema.ts';
import { openDatabase, type SqlDatabase, type SqlStatement } from '../sqlite.ts';
import type { PageSource } from './pages.ts';
import type { Value } from './records.ts';
import { type SalvagedBoot, type SalvagedState, salvageMessages } from './salvage.ts';

export interface Rebuilt {
  messages: number;
  /** Positions without a message, behind what every sink has: first, last, first, last, ... */
  lost: number[];
  sequences: Map<number, [first: number, last: number][]>;
}

export interface RebuildOptions {
  /** Newest position that was ever given, as far as it is known. */
  lastPosition: number;
  /** Where positions go on: above every one that a sink may have seen. */
  nextPosition: number;
  /** Names of the sinks that are to have everything. */
  sinks: readonly string[];
}

/** Writes what was salvaged into a new store at `path`; durable when it returns. */
export function rebuild(
  path: string,
  pages: PageSource,
  state: SalvagedState,
  options: RebuildOptions,
): Rebuilt {
  const db = openDatabase(path);
  try {
    prepareSchema(db);
    db.exec('BEGIN');
    fillState(db, state);
    const delivered = lowestCursor(state, options.sinks);
    const left = fillMessages(db, pages, { state, delivered });
    const rebuilt = walk(db, state, { ...options, left, delivered });
    const snapshot = state.meta.get('snapshot') ?? options.nextPosition - 1;
    const meta = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
    meta.run('snapshot', String(snapshot));
    meta.run('position', String(options.nextPosition - 1));
    meta.run('holes', JSON.stringify(rebuilt.holes));
    db.exec('COMMIT');
    // No log that a connection, collected late, could delete by its name.
    db.exec('PRAGMA journal_mode = DELETE');
    return rebuilt;
  } finally {
    db.close();
  }
}

function insert(db: SqlDatabase, table: string, columns: number): SqlStatement {
  return db.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${Array(columns).fill('?').join(',')})`);
}

function fillState(db: SqlDatabase, state: SalvagedState): void {
  const tables: [string, Iterable<Value[]>, number][] = [
    ['devices', state.devices.values(), 17],
    ['models', state.models.values(), 4],
    ['consents', state.consents.values(), 9],
    ['erasures', state.erasures.values(), 5],
    ['quarantine', state.quarantine.values(), 15],
    ['audit', state.audit.values(), 5],
    ['links', state.links.values(), 5],
    ['receipts', state.receipts.values(), 11],
    ['cursors', [...state.cursors], 2],
    ['discarded', state.discarded.values(), 2],
    ['deliveries', state.deliveries.values(), 3],
  ];
  for (const [table, rows, columns] of tables) {
    const statement = insert(db, table, columns);
    for (const row of rows) statement.run(...row);
  }
  // Either of them: a store that had a ledger had no choices any more.
  if (state.consents.size === 0) consentStore(db).add(ledgerOf([...state.choices.values()].map(toOldChoice)));
  const boot = db.prepare(
    `INSERT OR IGNORE INTO boots (id, tenant, device, boot, ranges, next_seq, origin, clock, last_seen_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [id, b] of state.boots) {
    const ranges = JSON.stringify(b.ranges ?? []);
    boot.run(id, b.tenant, b.device, b.boot, ranges, b.nextSeq, b.origin, b.clock, b.lastSeenMs);
  }
}

function toOldChoice(values: Value[]): OldChoice {
  const names = ['tenant', 'device', 'boot', 'seq', 'epoch', 'subject', 'purposes', 'received_ms'];
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as unknown as OldChoice;
}

/** Returns the sequence numbers of what was left out, by boot: it was stored, and is to be known when it comes again. */
function fillMessages(
  db: SqlDatabase,
  pages: PageSource,
  { state, delivered }: { state: SalvagedState; delivered: number },
): Map<number, SeqSet> {
  const left = new Map<number, SeqSet>();
  const statement = db.prepare(
    `INSERT OR IGNORE INTO messages (${MESSAGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  // Rows on free pages were delivered, and may long be pruned.
  const from = state.freeKnown ? 0 : delivered;
  salvageMessages(pages, state, (row) => {
    const [position, bootId, seq] = row as [number, number, number];
    if (position > from) statement.run(...row);
    else seqsOf(left, bootId).add(seq);
  });
  return left;
}

function seqsOf(boots: Map<number, SeqSet>, id: number): SeqSet {
  const seqs = boots.get(id) ?? seqSet();
  boots.set(id, seqs);
  return seqs;
}

/** Up to here every sink has everything; 0 when that is not known of one. */
function lowestCursor({ cursors }: SalvagedState, sinks: readonly string[]): number {
  return sinks.length === 0 ? 0 : Math.min(...sinks.map((name) => cursors.get(name) ?? 0));
}

interface Walked extends Rebuilt {
  /** Positions without a message from the first one to the last one given: first, last, ... */
  holes: number[];
}

/** In the order of positions: what is missing, whose it was, and what was stored of each boot. */
function walk(
  db: SqlDatabase,
  state: SalvagedState,
  options: RebuildOptions & { left: Map<number, SeqSet>; delivered: number },
): Walked {
  const { delivered } = options;
  const walked: Walked = { messages: 0, lost: [], holes: [], sequences: new Map() };
  const boots = new Map<number, WalkedBoot>();
  for (const [id, seqs] of options.left) boots.set(id, walkedBoot(state.boots.get(id)!, seqs));
  let last: number | null = null;
  let losses = 0;
  const gap = (first: number, end: number, isLoss: boolean) => {
    if (first > end) return;
    walked.holes.push(first, end);
    const from = Math.max(first, delivered + 1);
    if (!isLoss || from > end) return;
    const lost = without([from, end], state.holes);
    walked.lost.push(...lost.flat());
    losses += lost.length;
  };
  const select = db.prepare('SELECT position, boot_id, seq FROM messages ORDER BY position');
  select.setReturnArrays(true);
  for (const row of select.iterate()) {
    const [position, bootId, seq] = row as [number, number, number];
    // Where no cursor tells, the first message that is there may be the first that was left by pruning.
    const first = delivered === 0 ? position : Math.min(delivered + 1, position);
    gap(last === null ? first : last + 1, position - 1, true);
    last = position;
    walked.messages += 1;
    const boot = boots.get(bootId) ?? walkedBoot(state.boots.get(bootId)!);
    boots.set(bootId, boot);
    if (boot.losses < losses && seq > boot.last + 1) addRange(walked, bootId, boot.last + 1, seq - 1);
    boot.losses = losses;
    boot.last = Math.max(boot.seen ? boot.last : -1, seq);
    boot.seen = true;
    boot.seqs.add(seq);
  }
  gap((last ?? delivered) + 1, options.lastPosition, true);
  gap(Math.max(last ?? 0, options.lastPosition) + 1, options.nextPosition - 1, false);
  const save = db.prepare('UPDATE boots SET ranges = ? WHERE id = ?');
  for (const [id, boot] of boots) {
    save.run(JSON.stringify(boot.seqs.ranges()), id);
    const end = Math.max(state.boots.get(id)!.nextSeq - 1, boot.seqs.highest());
    if (boot.losses < losses && end > boot.last) addRange(walked, id, boot.last + 1, end);
  }
  return walked;
}

/** The parts of a range that are in none of the holes. */
function without([first, last]: [number, number], holes: readonly number[]): [number, number][] {
  const parts: [number, number][] = [];
  let from = first;
  for (let i = 0; i < holes.length && from <= last; i += 2) {
    const [holeFirst, holeLast] = [holes[i]!, holes[i + 1]!];
    if (holeLast < from || holeFirst > last) continue;
    if (holeFirst > from) parts.push([from, holeFirst - 1]);
    from = holeLast + 1;
  }
  if (from <= last) parts.push([from, last]);
  return parts;
}

interface WalkedBoot {
  seqs: SeqSet;
  /** Sequence number of its newest row so far; before the first one, the highest that the snapshot knows. */
  last: number;
  seen: boolean;
  /** Losses that were known when its newest row came. */
  losses: number;
}

function walkedBoot({ ranges }: SalvagedBoot, left?: SeqSet): WalkedBoot {
  const seqs = left ?? seqSet(ranges ?? []);
  if (left !== undefined && ranges !== null) {
    for (let i = 0; i < ranges.length; i += 2) seqs.addRange(ranges[i]!, ranges[i + 1]!);
  }
  return { seqs, last: seqs.highest(), seen: false, losses: 0 };
}

function addRange({ sequences }: Rebuilt, bootId: number, first: number, last: number): void {
  const ranges = sequences.get(bootId) ?? [];
  ranges.push([first, last]);
  sequences.set(bootId, ranges);
}
