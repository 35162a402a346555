import { join } from 'node:path';
import type {
  AdmittedMessage,
  BootSnapshot,
  CommitOutcome,
  QuarantinedMessage,
  SpoolChanges,
  SpoolCheckpoint,
  SpoolFailure,
  SpoolSize,
  SpoolStore,
} from '../domain/ports.ts';
import { makeDirectory } from '../make-directory.ts';
import { auditStore } from './audit-store.ts';
import { bootIndex } from './boot-index.ts';
import { changeWriter } from './change-writer.ts';
import { consentStore } from './consent-store.ts';
import { discardStore } from './discard-store.ts';
import { erasureStore } from './erasure-store.ts';
import { storageFailure } from './failure.ts';
import { linkStore } from './link-store.ts';
import { loadState } from './load-state.ts';
import { messageWriter } from './message-writer.ts';
import { quarantineStore } from './quarantine-store.ts';
import { metaValues, prepareQueries } from './queries.ts';
import { receiptStore } from './receipt-store.ts';
import { prepareSchema } from './schema.ts';
import { openDatabase, type SqlDatabase } from './sqlite.ts';
import { transactions } from './transaction.ts';

export interface SqliteSpoolOptions {
  /** Folder of the store, or null for a store in memory. */
  directory: string | null;
  maxBytes: number;
  maxQuarantineBytes: number;
  maxQuarantineBytesPerDevice: number;
}

export interface SqliteSpool extends SpoolStore {
  /**
   * Closes the store for good and takes its log away, so that another one can have its name. (SQLite in the package for Node 20 ends a connection
   * when its statements are collected, and would then delete a log by its name: that of the next store.) The log is still there if that failed.
   */
  retire(): void;
  /** Reads so many rows behind a position, only to see whether they can be read. Returns the last one's position; null = there are none. */
  readThrough(position: number, rows: number): number | null;
}

/** Rows deleted in one transaction: keeps the pause of a commit behind it short. */
const PRUNE_ROWS = 5_000;
/** How much may be written before the size is looked up again. */
const SIZE_CHECK_BYTES = 1 << 20;
/** What a row needs beside its payload, roughly. */
const ROW_OVERHEAD_BYTES = 48;

const CLOSED: SpoolFailure = { code: 'SPOOL_CLOSED', message: 'the store is closed' };

/**
 * The durable store: SQLite in WAL mode with synchronous=FULL, one writer. A commit runs in this thread: measured, handing
 * rows to a worker costs more than the sync they wait for (ARCHITECTURE.md).
 */
export function openSqliteSpool(options: SqliteSpoolOptions): SqliteSpool {
  if (options.directory !== null) makeDirectory(options.directory);
  const db = openDatabase(options.directory === null ? ':memory:' : join(options.directory, 'spool.db'));
  try {
    prepareSchema(db);
    return sqliteSpool(db, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Over an open database with its tables in place. */
export function sqliteSpool(db: SqlDatabase, options: SqliteSpoolOptions): SqliteSpool {
  const boots = bootIndex(db);
  const insertMessages = messageWriter(db, boots);
  const quarantine = quarantineStore(db, options);
  const changeRows = changeWriter(db);
  const audit = auditStore(db);
  const consents = consentStore(db);
  const discards = discardStore(db, boots);
  const meta = metaValues(db);
  const transaction = transactions(db);
  const statements = prepareQueries(db);
  let open = true;
  let lastPosition = Math.max(meta.number('position'), statements.lastRow());
  // Positions that a rescue left without a message.
  const holes = meta.ranges('holes');
  let usedBytes = statements.usedBytes();
  let unmeasuredBytes = 0;
  let lastSize: SpoolSize | null = null;
  const receipts = receiptStore(db, transaction);
  const links = linkStore(db);
  const { save: saveErasures, ...erasing } = erasureStore(db, {
    directory: options.directory,
    transaction,
    releaseQuarantine: quarantine.release,
  });

  function overLimit(
    messages: readonly AdmittedMessage[],
    quarantined: readonly QuarantinedMessage[],
  ): boolean {
    let bytes = 0;
    for (const m of messages) bytes += m.payload.length + ROW_OVERHEAD_BYTES;
    for (const q of quarantined) bytes += q.payload.length + ROW_OVERHEAD_BYTES;
    const passesLimit = () => usedBytes + unmeasuredBytes + bytes > options.maxBytes;
    if (unmeasuredBytes + bytes > SIZE_CHECK_BYTES || passesLimit()) measure();
    if (bytes > 0 && passesLimit()) return true;
    unmeasuredBytes += bytes;
    return false;
  }

  function measure(): void {
    usedBytes = readable(statements.usedBytes) ?? usedBytes;
    unmeasuredBytes = 0;
  }

  function write(
    messages: readonly AdmittedMessage[],
    quarantined: readonly QuarantinedMessage[],
    changes: SpoolChanges | undefined,
  ): void {
    if (messages.length > 0) insertMessages(messages, lastPosition + 1);
    if (quarantined.length > 0) quarantine.add(quarantined);
    if (changes === undefined) return;
    changeRows.write(changes);
    if (changes.releasedQuarantine) quarantine.release(changes.releasedQuarantine);
    if (changes.audit) audit.add(changes.audit);
    if (changes.links) links.add(changes.links);
    if (changes.erasures) saveErasures(changes.erasures);
    if (changes.consents) consents.add(changes.consents);
    if (changes.consentAcks) consents.confirm(changes.consentAcks);
    if (changes.discarded) discards.add(changes.discarded);
  }

  function commit(
    messages: readonly AdmittedMessage[],
    quarantined: readonly QuarantinedMessage[],
    changes?: SpoolChanges,
  ): CommitOutcome {
    if (!open) return { ok: false, failure: CLOSED };
    if (overLimit(messages, quarantined)) return { ok: false, failure: fullFailure(options.maxBytes) };
    const failure = transaction(() => write(messages, quarantined, changes));
    if (failure !== null) {
      boots.undo();
      quarantine.forget();
      return { ok: false, failure };
    }
    boots.settle();
    lastPosition += messages.length;
    return { ok: true };
  }

  function saveBoot(boot: BootSnapshot): void {
    const id = boots.idOf(boot);
    const { ranges, nextSeq, origin, clock, lastSeenMs } = boot;
    const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
    statements.saveBoot.run(JSON.stringify(ranges), nextSeq, json(origin), json(clock), lastSeenMs, id);
  }

  function prune(rule: NonNullable<SpoolCheckpoint['prune']>): number {
    receipts.writeUnsaved();
    const cursors = rule.sinks.map((sink) => receipts.stored(sink).cursor);
    const through = Math.min(lastPosition, ...cursors);
    const delivered = statements.lastPrunable(through, PRUNE_ROWS, rule.receivedBeforeMs);
    const last = Math.max(delivered ?? 0, expired(rule.expiredBeforeMs ?? null));
    if (last === 0) return 0;
    receipts.pruneBefore(last + 1);
    return statements.deleteThrough(last);
  }

  /** What may not be held any more, whoever still waits for it. */
  function expired(beforeMs: number | null): number {
    if (beforeMs === null) return 0;
    quarantine.dropBefore(beforeMs);
    return statements.lastPrunable(lastPosition, PRUNE_ROWS, beforeMs) ?? 0;
  }

  function checkpoint(point: SpoolCheckpoint): ReturnType<SpoolStore['checkpoint']> {
    if (!open) return { ok: false, failure: CLOSED };
    let pruned = 0;
    const failure = transaction(() => {
      for (const boot of point.boots) saveBoot(boot);
      for (const device of point.devices) changeRows.saveDevice(device);
      if (point.prune) pruned = prune(point.prune);
      // An idle gateway writes nothing.
      if (point.boots.length + point.devices.length + pruned === 0) return;
      discards.clear();
      meta.set('snapshot', lastPosition);
      meta.set('position', lastPosition);
    });
    if (failure !== null) {
      boots.undo();
      return { ok: false, failure };
    }
    boots.settle();
    if (pruned > 0) measure();
    return { ok: true, pruned };
  }

  /** While the disk does not read: as it was when it last did. An operator asks most when it fails. */
  function size(): SpoolSize {
    lastSize = readable(measuredSize) ?? lastSize;
    return lastSize ?? { ...NOTHING, usedBytes, maxBytes: options.maxBytes, lastPosition };
  }

  /** But for the holes positions are consecutive, and pruning takes the oldest: no need to count. */
  function rowsAfter(position: number): number {
    let rows = Math.max(0, lastPosition - position);
    for (let i = 0; i < holes.length; i += 2) {
      rows -= Math.max(0, holes[i + 1]! - Math.max(holes[i]! - 1, position));
    }
    return rows;
  }

  function measuredSize(): SpoolSize {
    measure();
    const { messages: quarantineMessages, bytes: quarantineBytes } = quarantine.usage();
    const quarantineSize = { quarantineMessages, quarantineBytes, quarantineDropped: quarantine.dropped() };
    const firstPosition = statements.firstRow();
    const messages = firstPosition === 0 ? 0 : rowsAfter(firstPosition - 1);
    return {
      messages,
      usedBytes,
      maxBytes: options.maxBytes,
      ...quarantineSize,
      firstPosition,
      lastPosition,
    };
  }

  function close(last: string): void {
    open = false;
    // Best effort: on a disk that fails, the log stays beside the file, as after a crash.
    readable(() => db.exec(last));
    db.close();
  }

  return {
    commit: (messages, quarantined, changes) => Promise.resolve(commit(messages, quarantined, changes)),
    readAfter: statements.readAfter,
    cursor: (sink) => receipts.progress(sink).cursor,
    progress: receipts.progress,
    advance: receipts.advance,
    cursors: receipts.cursors,
    receipt: receipts.receipt,
    sinkTotals: receipts.totals,
    recordsAfter: statements.recordsAfter,
    linkAt: links.at,
    load: () => loadState(db, meta.number('snapshot')),
    checkpoint,
    quarantine: quarantine.list,
    parked: quarantine.parked,
    quarantinedSeqs: quarantine.seqs,
    quarantineDropped: quarantine.dropped,
    audit: audit.list,
    erasing,
    findMessage: statements.find,
    findBoot: statements.findBoot,
    consents: consents.list,
    consentTenants: consents.tenants,
    size,
    usedBytes: () => {
      measure();
      return usedBytes;
    },
    lastPosition: () => lastPosition,
    rowsAfter,
    close: async () => {
      if (open) close('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    readThrough: statements.readThrough,
    retire: () => close('PRAGMA journal_mode = DELETE'),
  };
}

const NOTHING = {
  messages: 0,
  quarantineMessages: 0,
  quarantineBytes: 0,
  quarantineDropped: 0,
  firstPosition: 0,
};

/** Null when the storage fails; a bug is thrown. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    storageFailure(error);
    return null;
  }
}

function fullFailure(maxBytes: number): SpoolFailure {
  return {
    code: 'SPOOL_FULL',
    message: `the store has reached its limit of ${maxBytes} bytes (spool.maxBytes); devices keep their data until the sinks have taken some`,
  };
}
