import type { DeviceId } from '../domain/ports.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';

/** One generation of a device's keys, as it is kept. */
export interface SealKeyRow extends DeviceId {
  generation: number;
  level: 1 | 2 | 3;
  /** Locked (`seal-vault.ts`). */
  secret: Uint8Array;
  /** SubjectPublicKeyInfo; null but in S3. */
  publicKey: Uint8Array | null;
  createdMs: number;
  /** When a frame first proved it; null = never. */
  usedMs: number | null;
  /** It is taken until then; null = no end is set. */
  untilMs: number | null;
}

/** Late devices that still use one of these are told that it is over; older ones are strangers. */
const KEPT_GENERATIONS = 4;

/** Statements over the tables of seals, prepared once. */
export function sealRows(db: SqlDatabase) {
  const of = db.prepare(
    `SELECT tenant, device, generation, level, secret, public_key AS publicKey, created_ms AS createdMs, used_ms AS usedMs,
     until_ms AS untilMs FROM seal_keys WHERE tenant = ? AND device = ? ORDER BY generation DESC`,
  );
  const put = db.prepare('INSERT OR REPLACE INTO seal_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const end = db.prepare(
    'UPDATE seal_keys SET until_ms = ?4 WHERE tenant = ?1 AND device = ?2 AND generation < ?3 AND (until_ms IS NULL OR until_ms > ?4)',
  );
  const forget = db.prepare('DELETE FROM seal_keys WHERE tenant = ? AND device = ? AND generation <= ?');
  const use = db.prepare(
    'UPDATE seal_keys SET used_ms = ? WHERE tenant = ? AND device = ? AND generation = ? AND used_ms IS NULL',
  );
  const counter = db.prepare('SELECT next FROM seal_counter');
  const reserve = db.prepare('UPDATE seal_counter SET next = ?');
  return {
    /** Newest first. */
    of: ({ tenant, device }: DeviceId) => of.all(tenant, device) as SealKeyRow[],
    put(row: SealKeyRow): void {
      const { tenant, device, generation, level, secret, publicKey, createdMs, usedMs, untilMs } = row;
      put.run(tenant, device, generation, level, secret, publicKey, createdMs, usedMs, untilMs);
      forget.run(tenant, device, generation - KEPT_GENERATIONS);
    },
    /** Generations before one end at a time, or earlier where that is set. */
    endBefore: ({ tenant, device }: DeviceId, generation: number, untilMs: number) =>
      void end.run(tenant, device, generation, untilMs),
    remove: ({ tenant, device }: DeviceId) => void forget.run(tenant, device, Number.MAX_SAFE_INTEGER),
    use: ({ tenant, device }: DeviceId, generation: number, nowMs: number) =>
      void use.run(nowMs, tenant, device, generation),
    counter: () => (counter.get() as { next: number }).next,
    reserve: (next: number) => void reserve.run(next),
  };
}

export type SealRows = ReturnType<typeof sealRows>;
