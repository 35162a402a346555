import type { QuarantinedMessage, QuarantineEntry, QuarantineFilter } from '../domain/ports.ts';
import { QUARANTINE_SELECT, toQuarantine } from './rows.ts';
import type { SqlDatabase, SqlValue } from './sqlite.ts';

export interface QuarantineLimits {
  maxQuarantineBytes: number;
  maxQuarantineBytesPerDevice: number;
}

interface Usage {
  messages: number;
  bytes: number;
}

/**
 * Refused messages with their reason. Two caps, for all and for each device, so that one broken device cannot push out
 * the others'. The oldest go first; parked messages (they wait for a model) are never pushed out: they were acknowledged
 * as data, and their bound is held where they are taken in.
 */
export function quarantineStore(db: SqlDatabase, limits: QuarantineLimits) {
  const insert = db.prepare(
    'INSERT INTO quarantine (tenant, device, received_ms, reason, detail, link, model, seal, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const evictable = `SELECT id, length(payload) AS bytes FROM quarantine WHERE model = ''`;
  const oldest = db.prepare(`${evictable} ORDER BY id LIMIT 1`);
  const oldestOfDevice = db.prepare(`${evictable} AND tenant = ? AND device = ? ORDER BY id LIMIT 1`);
  const remove = db.prepare('DELETE FROM quarantine WHERE id = ?');
  const sum = `SELECT count(*) AS messages, coalesce(sum(length(payload)), 0) AS bytes FROM quarantine`;
  const sumAll = db.prepare(sum);
  const sumEvictable = db.prepare(`${sum} WHERE model = ''`);
  const sumDevice = db.prepare(`${sum} WHERE model = '' AND tenant = ? AND device = ?`);
  const byModel = db.prepare(`${QUARANTINE_SELECT} WHERE model = ? AND model <> '' ORDER BY id LIMIT ?`);
  let usage = sumEvictable.get() as Usage;

  function evict(row: unknown): boolean {
    if (row === undefined) return false;
    remove.run((row as { id: number }).id);
    return true;
  }

  function add(entries: readonly QuarantinedMessage[]): void {
    for (const entry of entries) {
      const { tenant, device, receivedAtMs, reason, detail, link, seal = 0, payload } = entry;
      insert.run(tenant, device, receivedAtMs, reason, detail, link, entry.modelHash ?? '', seal, payload);
      const ofDevice = () => (sumDevice.get(tenant, device) as Usage).bytes;
      while (ofDevice() > limits.maxQuarantineBytesPerDevice && evict(oldestOfDevice.get(tenant, device)));
    }
    usage = sumEvictable.get() as Usage;
    while (usage.bytes > limits.maxQuarantineBytes && evict(oldest.get())) {
      usage = sumEvictable.get() as Usage;
    }
  }

  function list(filter: QuarantineFilter): QuarantineEntry[] {
    const where: string[] = [];
    const values: SqlValue[] = [];
    for (const column of ['tenant', 'device', 'reason'] as const) {
      const value = filter[column];
      if (value === undefined) continue;
      where.push(`${column} = ?`);
      values.push(value);
    }
    if (filter.beforeId !== undefined) {
      where.push('id < ?');
      values.push(filter.beforeId);
    }
    const condition = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
    const limit = Math.min(Math.max(filter.limit ?? 100, 1), 1000);
    return db
      .prepare(`${QUARANTINE_SELECT}${condition} ORDER BY id DESC LIMIT ?`)
      .all(...values, limit)
      .map(toQuarantine);
  }

  return {
    add,
    list,
    release: (ids: readonly number[]) => {
      for (const id of ids) remove.run(id);
    },
    parked: (modelHash: string, limit: number) => byModel.all(modelHash, limit).map(toQuarantine),
    usage: () => sumAll.get() as Usage,
  };
}
