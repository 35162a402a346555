import type { AdmittedMessage, DeviceId } from '../domain/ports.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Row ids of boots, so that a message row carries a number and not three texts. */
export interface BootIndex {
  idOf(id: DeviceId & { boot: string; bootRef?: AdmittedMessage['bootRef'] }): number;
  /** Forgets ids given since the last `settle`: their rows were rolled back. */
  undo(): void;
  settle(): void;
}

export function bootIndex(db: SqlDatabase): BootIndex {
  const insert = db.prepare('INSERT INTO boots (tenant, device, boot) VALUES (?, ?, ?) RETURNING id');
  const select = db.prepare('SELECT id FROM boots WHERE tenant = ? AND device = ? AND boot = ?');
  const ids = new Map<string, number>();
  const fresh: string[] = [];
  const freshRefs: { rowId: number }[] = [];

  function lookUp(id: DeviceId & { boot: string }, key: string): number {
    const known = select.get(id.tenant, id.device, id.boot) as { id: number } | undefined;
    const row = known ?? (insert.get(id.tenant, id.device, id.boot) as { id: number });
    // Bounded: a fleet with random boot ids must not grow this for ever.
    if (ids.size >= 100_000) ids.clear();
    ids.set(key, row.id);
    fresh.push(key);
    return row.id;
  }

  return {
    idOf(id) {
      const ref = id.bootRef;
      if (ref !== undefined && ref.rowId > 0) return ref.rowId;
      const key = `${id.tenant}.${id.device}.${id.boot}`;
      const rowId = ids.get(key) ?? lookUp(id, key);
      if (ref !== undefined) {
        ref.rowId = rowId;
        freshRefs.push(ref);
      }
      return rowId;
    },
    undo() {
      for (const key of fresh) ids.delete(key);
      for (const ref of freshRefs) ref.rowId = 0;
      fresh.length = 0;
      freshRefs.length = 0;
    },
    settle() {
      fresh.length = 0;
      freshRefs.length = 0;
    },
  };
}
