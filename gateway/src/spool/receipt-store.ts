import type { Receipt, SinkProgress, SinkTotals } from '../domain/ports.ts';
import { isDone, progressAt } from '../domain/progress.ts';
import { TOTALS, totalsOf } from '../domain/sink-totals.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Receipts that wait for a disk that takes them; the oldest are forgotten first, the cursors are not. */
const MAX_UNSAVED = 10_000;

const COLUMNS = `sink, first AS firstPosition, last AS lastPosition, messages, records, attempts, sent_ms AS sentAtMs,
  answered_ms AS answeredAtMs, accepted, answer, withheld`;

/** How far each sink is, and what it answered to each batch: a row a batch, in the transaction that says that it is done with. */
export function receiptStore(db: SqlDatabase, transaction: (work: () => void) => unknown) {
  const put = db.prepare('INSERT OR REPLACE INTO cursors VALUES (?, ?)');
  const get = db.prepare('SELECT position FROM cursors WHERE sink = ?');
  const putAhead = db.prepare('INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?)');
  const getAhead = db.prepare('SELECT done, begun FROM deliveries WHERE sink = ?');
  const all = db.prepare(`SELECT sink, position FROM cursors ORDER BY sink`);
  const bump = db.prepare(
    'INSERT INTO cursors VALUES (?, ?) ON CONFLICT (sink) DO UPDATE SET position = position + excluded.position',
  );
  const insert = db.prepare('INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const covering = db.prepare(
    `SELECT ${COLUMNS} FROM receipts WHERE sink = ? AND last >= ? ORDER BY last LIMIT 1`,
  );
  const prune = db.prepare('DELETE FROM receipts WHERE last < ?');
  // What could not be saved, on a full disk: it is told again with the next checkpoint.
  const unsaved = new Map<string, { to: SinkProgress; receipts: Receipt[] }>();

  function write(sink: string, to: SinkProgress, receipts: readonly Receipt[]): void {
    const before = stored(sink);
    // What is told again has been added up.
    addUp(
      sink,
      receipts.filter((receipt) => !isDone(before, receipt.lastPosition)),
    );
    put.run(sink, to.cursor);
    const isAhead = to.done.length + to.begun.length > 0;
    // A sink that has never had anything ahead of its cursor has no row.
    if (isAhead || before.done.length + before.begun.length > 0)
      putAhead.run(sink, JSON.stringify(to.done), JSON.stringify(to.begun));
    for (const r of receipts) {
      const range = [r.sink, r.firstPosition, r.lastPosition] as const;
      const counts = [r.messages, r.records, r.attempts, r.sentAtMs, r.answeredAtMs] as const;
      insert.run(...range, ...counts, r.accepted ? 1 : 0, r.answer, r.withheld);
    }
  }

  function addUp(sink: string, receipts: readonly Receipt[]): void {
    if (receipts.length === 0) return;
    const totals = totalsOf(receipts);
    for (const name of TOTALS) if (totals[name] > 0) bump.run(`${sink}:${name}`, totals[name]);
  }

  function stored(sink: string): SinkProgress {
    const ahead = getAhead.get(sink) as { done: string; begun: string } | undefined;
    const [done, begun] = [ahead?.done, ahead?.begun].map((text) => JSON.parse(text ?? '[]') as number[]);
    return { cursor: note(sink), done: done!, begun: begun! };
  }

  function note(name: string): number {
    return (get.get(name) as { position: number } | undefined)?.position ?? 0;
  }

  return {
    advance(sink: string, given: number | SinkProgress, receipt?: Receipt): void {
      const to = typeof given === 'number' ? progressAt(given) : given;
      const receipts = unsaved.get(sink)?.receipts ?? [];
      if (receipt !== undefined) receipts.push(receipt);
      if (transaction(() => write(sink, to, receipts)) === null) unsaved.delete(sink);
      else unsaved.set(sink, { to, receipts: receipts.slice(-MAX_UNSAVED) });
    },
    /** Inside a transaction of the caller's; they are told again until one that succeeds told them. */
    writeUnsaved(): void {
      for (const [sink, { to, receipts }] of unsaved) write(sink, to, receipts);
    },
    progress: (sink: string): SinkProgress => unsaved.get(sink)?.to ?? stored(sink),
    stored,
    /** Kept beside the cursors, as notes of their sinks. */
    totals: (sink: string): SinkTotals =>
      Object.fromEntries(TOTALS.map((name) => [name, note(`${sink}:${name}`)])) as unknown as SinkTotals,
    cursors: () => (all.all() as { sink: string; position: number }[]).map((row) => ({ ...row })),
    /** What `sink` answered to the batch that holds `position`; null = no receipt is kept. */
    receipt(sink: string, position: number): Receipt | null {
      const row = covering.get(sink, position) as
        | (Omit<Receipt, 'accepted'> & { accepted: number })
        | undefined;
      if (row === undefined || row.firstPosition > position) return null;
      return { ...row, accepted: row.accepted === 1 };
    },
    /** Receipts go with the last message that they tell of. */
    pruneBefore: (position: number) => void prune.run(position),
  };
}
