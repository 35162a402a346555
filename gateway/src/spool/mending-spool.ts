import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitOutcome, Log, SinkProgress, SpoolFailure, SpoolStore } from '../domain/ports.ts';
import { makeDirectory } from '../make-directory.ts';
import { sqliteCode, storageFailure } from './failure.ts';
import { damagedFrames } from './rescue/pages.ts';
import { finishRescue, rescue } from './rescue/rescue.ts';
import { openSqliteSpool, type SqliteSpool, type SqliteSpoolOptions } from './sqlite-spool.ts';

export interface MendingPorts {
  nowMs(): number;
  log: Log;
  /** Names of the sinks that are to have everything: what damage hits behind the slowest of them is lost. */
  sinks(): readonly string[];
  /** The store is a new one: what the caller knows of devices and boots is to be saved in it again. */
  rescued(): void;
}

/** A rescue that cannot be written, on a full disk, is not tried with every commit. */
const NOT_AGAIN_MS = 15_000;
/** A few ms; a million rows in 42 minutes. */
const PATROL_ROWS = 2_000;
const RESTART =
  'the damaged store cannot be let go of in this process: restart the gateway, which then carries over what can be read';

/**
 * The store in a folder, which mends itself: damage that is found when it is opened, read or written is answered by carrying over what can be read into
 * a new store, here and now. The damaged one is moved aside and kept. The call that found it then has its answer from the new store.
 */
export function openMendingSpool(options: SqliteSpoolOptions, ports: MendingPorts): SpoolStore {
  const { directory } = options;
  if (directory === null) return openSqliteSpool(options);
  makeDirectory(directory);
  finishRescue(directory, ports.nowMs());
  let failedAtMs = Number.NEGATIVE_INFINITY;
  // Told again to a new store: what was not saved in the old one is lost with it.
  const told = new Map<string, number | SinkProgress>();
  let patrolled = 0;
  let inner = openFirst(directory);

  function openFirst(folder: string): SqliteSpool {
    const frames = damagedFrames(join(folder, 'spool.db'));
    if (frames > 0) {
      carryOver(folder, `${frames} damaged pages in the log of the store (spool.db-wal)`, null);
      return openSqliteSpool(options);
    }
    if (isCutToNothing(folder))
      carryOver(folder, 'spool.db is gone or empty in a folder that has been in use', null);
    try {
      return openSqliteSpool(options);
    } catch (error) {
      if (damageOf(error) === null) throw error;
      carryOver(folder, String((error as Error).message), null);
      return openSqliteSpool(options);
    }
  }

  function carryOver(folder: string, found: string, store: SqliteSpool | null): void {
    ports.log.error('spool.damaged', { found, next: 'what can be read is carried over into a new store' });
    const startedMs = ports.nowMs();
    try {
      const lastPosition = store?.lastPosition() ?? 0;
      const release = () => {
        store?.retire();
        if (store !== null && existsSync(join(folder, 'spool.db-wal'))) throw new Error(RESTART);
      };
      const sinks = ports.sinks();
      const report = rescue({ directory: folder, found, nowMs: startedMs, lastPosition, sinks, release });
      ports.log.warn('spool.rescued', { ...report, tookMs: ports.nowMs() - startedMs });
    } catch (error) {
      failedAtMs = startedMs;
      ports.log.error('spool.rescue.failed', { problem: String(error) });
      throw error;
    }
  }

  /** False when it could not be done now. */
  function mend(found: string): boolean {
    if (ports.nowMs() - failedAtMs < NOT_AGAIN_MS) return false;
    try {
      carryOver(directory!, found, inner);
    } catch {
      return false;
    }
    inner = openSqliteSpool(options);
    for (const [sink, to] of told) inner.advance(sink, to);
    ports.rescued();
    return true;
  }

  function guarded<T>(use: (store: SqliteSpool) => T): T {
    try {
      return use(inner);
    } catch (error) {
      const damage = damageOf(error);
      if (damage === null || !mend(damage)) throw error;
      return use(inner);
    }
  }

  function mended<T extends { ok: true } | { ok: false; failure: SpoolFailure }>(answer: T): boolean {
    return !answer.ok && answer.failure.code === 'SPOOL_DAMAGED' && mend(answer.failure.message);
  }

  async function commit(...given: Parameters<SpoolStore['commit']>): Promise<CommitOutcome> {
    const outcome = await inner.commit(...given);
    return mended(outcome) ? inner.commit(...given) : outcome;
  }

  return {
    commit,
    checkpoint(point) {
      const outcome = inner.checkpoint(point);
      const last = mended(outcome) ? inner.checkpoint(point) : outcome;
      if (last.ok) patrol();
      return last;
    },
    advance(sink, to, receipt) {
      told.set(sink, to);
      inner.advance(sink, to, receipt);
    },
    load: () => loadWhole(),
    readAfter: (position, limit) => guarded((store) => store.readAfter(position, limit)),
    cursor: (sink) => guarded((store) => store.cursor(sink)),
    progress: (sink) => guarded((store) => store.progress(sink)),
    quarantine: (filter) => guarded((store) => store.quarantine(filter)),
    parked: (of, limit) => guarded((store) => store.parked(of, limit)),
    quarantinedSeqs: (id) => guarded((store) => store.quarantinedSeqs(id)),
    quarantineDropped: (id) => guarded((store) => store.quarantineDropped(id)),
    audit: () => guarded((store) => store.audit()),
    sinkTotals: (sink) => guarded((store) => store.sinkTotals(sink)),
    recordsAfter: (position, through) => guarded((store) => store.recordsAfter(position, through)),
    cursors: () => guarded((store) => store.cursors()),
    receipt: (sink, position) => guarded((store) => store.receipt(sink, position)),
    linkAt: (id, atMs) => guarded((store) => store.linkAt(id, atMs)),
    findBoot: (key) => guarded((store) => store.findBoot(key)),
    findMessage: (key) => guarded((store) => store.findMessage(key)),
    consents: (of) => guarded((store) => store.consents(of)),
    consentTenants: () => guarded((store) => store.consentTenants()),
    erasing: {
      all: () => guarded((store) => store.erasing.all()),
      window: (id, after, through) => guarded((store) => store.erasing.window(id, after, through)),
      apply: (erasure, work) => {
        const failure = inner.erasing.apply(erasure, work);
        return failure !== null && mended({ ok: false, failure })
          ? inner.erasing.apply(erasure, work)
          : failure;
      },
      overwrite: (sinceMs) => inner.erasing.overwrite(sinceMs),
    },
    size: () => inner.size(),
    usedBytes: () => inner.usedBytes(),
    lastPosition: () => inner.lastPosition(),
    rowsAfter: (position) => inner.rowsAfter(position),
    close: () => inner.close(),
  };

  /** Some rows with every checkpoint: damage is found before somebody needs what it hit. */
  function patrol(): void {
    try {
      patrolled = guarded((store) => store.readThrough(patrolled, PATROL_ROWS)) ?? 0;
    } catch (error) {
      // A disk that does not read now is told by those who need what is on it.
      storageFailure(error);
    }
  }

  /** Rows that do not belong together are damage, too, that SQLite does not see. */
  function loadWhole(): ReturnType<SpoolStore['load']> {
    try {
      return inner.load();
    } catch (error) {
      const damage =
        sqliteCode(error) !== null ? damageOf(error) : `rows that do not belong together (${error})`;
      if (damage === null || !mend(damage)) throw error;
      return inner.load();
    }
  }
}

/** What SQLite says of a damaged file; null for anything else. */
function damageOf(error: unknown): string | null {
  if (sqliteCode(error) === null) return null;
  try {
    return storageFailure(error).code === 'SPOOL_DAMAGED' ? (error as Error).message : null;
  } catch {
    return null;
  }
}

/** What only a gateway that has been running leaves behind. */
const IN_USE = /^(usage\.db|jsonl|spool\.db\.damaged-.*)$/;

/** SQLite takes an empty file for a new one; positions must not begin at 1 again for sinks that have seen higher ones. */
function isCutToNothing(directory: string): boolean {
  const path = join(directory, 'spool.db');
  if (existsSync(path) && statSync(path).size > 0) return false;
  return readdirSync(directory).some((name) => IN_USE.test(name));
}
