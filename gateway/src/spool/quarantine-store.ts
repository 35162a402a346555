import type {
  DeviceId,
  MessageKey,
  QuarantinedMessage,
  QuarantineEntry,
  QuarantineFilter,
  SpoolStore,
} from '../domain/ports.ts';
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

interface Evictable extends DeviceId {
  id: number;
  bytes: number;
}

const INSERT = `INSERT INTO quarantine (tenant, device, received_ms, reason, detail, link, model, payload, boot, seq, at_byte,
  made_with, topic, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const COUNT_DROPPED = `INSERT INTO quarantine_dropped VALUES (?, ?, 1)
  ON CONFLICT (tenant, device) DO UPDATE SET messages = messages + 1`;

/** Devices whose use is remembered between commits. */
const MAX_REMEMBERED = 10_000;

/**
 * Refused messages with their reason. Two caps, for all and for each device, so that one broken device cannot push out
 * the others'. The oldest go first, and are counted; parked messages (they wait for a model) are never pushed out: they were
 * acknowledged as data, and their bound is held where they are taken in.
 */
export function quarantineStore(db: SqlDatabase, limits: QuarantineLimits) {
  const insert = db.prepare(INSERT);
  const evictable = `SELECT id, tenant, device, length(payload) AS bytes FROM quarantine WHERE model = ''`;
  const oldest = db.prepare(`${evictable} ORDER BY id LIMIT 1`);
  const oldestOfDevice = db.prepare(`${evictable} AND tenant = ? AND device = ? ORDER BY id LIMIT 1`);
  const remove = db.prepare('DELETE FROM quarantine WHERE id = ?');
  const removeOld = db.prepare('DELETE FROM quarantine WHERE received_ms < ?');
  const countDropped = db.prepare(COUNT_DROPPED);
  const droppedOf = db.prepare('SELECT messages FROM quarantine_dropped WHERE tenant = ? AND device = ?');
  const droppedAll = db.prepare('SELECT coalesce(sum(messages), 0) AS messages FROM quarantine_dropped');
  const sum = `SELECT count(*) AS messages, coalesce(sum(length(payload)), 0) AS bytes FROM quarantine`;
  const sumAll = db.prepare(sum);
  const sumEvictable = db.prepare(`${sum} WHERE model = ''`);
  const sumDevice = db.prepare(`${sum} WHERE model = '' AND tenant = ? AND device = ?`);
  const byModel = db.prepare(
    `${QUARANTINE_SELECT} WHERE model = ?1 AND model <> '' AND (?2 = '' OR tenant = ?2) ORDER BY id LIMIT ?3`,
  );
  const seqs = 'SELECT DISTINCT tenant, device, boot, seq FROM quarantine WHERE seq IS NOT NULL';
  const allSeqs = db.prepare(seqs);
  const seqsOf = db.prepare(`${seqs} AND tenant = ? AND device = ?`);
  // Adding up what a device has costs a read of all of it: a device that sends nonsense at full speed would stop the gateway.
  const bytesOf = new Map<string, number>();
  let total: number | null = null;

  /** What is remembered holds no more: rows went, or came and were rolled back. */
  function forget(): void {
    bytesOf.clear();
    total = null;
  }

  function used(id: DeviceId): number {
    const key = `${id.tenant}.${id.device}`;
    const known = bytesOf.get(key) ?? (sumDevice.get(id.tenant, id.device) as Usage).bytes;
    if (bytesOf.size >= MAX_REMEMBERED) bytesOf.clear();
    bytesOf.set(key, known);
    return known;
  }

  function change(id: DeviceId, bytes: number): void {
    bytesOf.set(`${id.tenant}.${id.device}`, used(id) + bytes);
    total = allUsed() + bytes;
  }

  function allUsed(): number {
    total ??= (sumEvictable.get() as Usage).bytes;
    return total;
  }

  function evict(row: unknown): boolean {
    if (row === undefined) return false;
    const { id, tenant, device, bytes } = row as Evictable;
    change({ tenant, device }, -bytes);
    remove.run(id);
    countDropped.run(tenant, device);
    return true;
  }

  function add(entry: QuarantinedMessage): void {
    const { tenant, device, receivedAtMs, reason, detail, link, payload, modelHash = '' } = entry;
    // Known before the row is there, as it is read from the rows.
    if (modelHash === '') change(entry, payload.length);
    const head = [tenant, device, receivedAtMs, reason, detail, link, modelHash, payload] as const;
    const { boot = '', seq = null, atByte = 0, madeWith = '', topic = '', seal = 0 } = entry;
    insert.run(...head, boot, seq, atByte, madeWith, topic, seal);
    while (used(entry) > limits.maxQuarantineBytesPerDevice && evict(oldestOfDevice.get(tenant, device)));
  }

  function list(filter: QuarantineFilter): QuarantineEntry[] {
    const { where, values } = condition(filter);
    const order = filter.afterId === undefined ? 'DESC' : 'ASC';
    const limit = Math.min(Math.max(filter.limit ?? 100, 1), 1000);
    const statement = db.prepare(`${QUARANTINE_SELECT}${where} ORDER BY id ${order} LIMIT ?`);
    return statement.all(...values, limit).map(toQuarantine);
  }

  return {
    add(entries: readonly QuarantinedMessage[]): void {
      for (const entry of entries) add(entry);
      while (allUsed() > limits.maxQuarantineBytes && evict(oldest.get()));
    },
    forget,
    list,
    dropBefore(receivedMs: number): void {
      if (Number((removeOld.run(receivedMs) as { changes: number | bigint }).changes) > 0) forget();
    },
    release(ids: readonly number[]): void {
      if (ids.length > 0) forget();
      for (const id of ids) remove.run(id);
    },
    parked: ({ tenant, modelHash }: Parameters<SpoolStore['parked']>[0], limit: number) =>
      byModel.all(modelHash, tenant, limit).map(toQuarantine),
    seqs: (id?: DeviceId): MessageKey[] => {
      const rows = id === undefined ? allSeqs.all() : seqsOf.all(id.tenant, id.device);
      return (rows as MessageKey[]).map((row) => ({ ...row }));
    },
    usage: () => sumAll.get() as Usage,
    dropped: (id?: DeviceId): number => {
      const row = id === undefined ? droppedAll.get() : droppedOf.get(id.tenant, id.device);
      return (row as Pick<Usage, 'messages'> | undefined)?.messages ?? 0;
    },
  };
}

const CONDITIONS: [keyof QuarantineFilter, string][] = [
  ['tenant', 'tenant = ?'],
  ['device', 'device = ?'],
  ['reason', 'reason = ?'],
  ['id', 'id = ?'],
  ['sinceMs', 'received_ms >= ?'],
  ['beforeId', 'id < ?'],
  ['afterId', 'id > ?'],
];

function condition(filter: QuarantineFilter): { where: string; values: SqlValue[] } {
  const given = CONDITIONS.filter(([key]) => filter[key] !== undefined);
  const where = given.length === 0 ? '' : ` WHERE ${given.map(([, sql]) => sql).join(' AND ')}`;
  return { where, values: given.map(([key]) => filter[key]!) };
}
