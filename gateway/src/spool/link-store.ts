import type { DeviceId, LinkOpened } from '../domain/ports.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Connections remembered, newest first. */
const MAX_LINKS = 100_000;

/** When devices connected, and from where. A message does not name its connection: it came over the last one before it. */
export function linkStore(db: SqlDatabase) {
  const insert = db.prepare('INSERT INTO links (tenant, device, opened_ms, via) VALUES (?, ?, ?, ?)');
  const trim = db.prepare(`DELETE FROM links WHERE id <= (SELECT max(id) FROM links) - ${MAX_LINKS}`);
  const before = db.prepare(
    `SELECT tenant, device, opened_ms AS openedAtMs, via FROM links
     WHERE tenant = ? AND device = ? AND opened_ms <= ? ORDER BY opened_ms DESC LIMIT 1`,
  );
  return {
    add(links: readonly LinkOpened[]): void {
      for (const { tenant, device, openedAtMs, via } of links) insert.run(tenant, device, openedAtMs, via);
      if (links.length > 0) trim.run();
    },
    at: ({ tenant, device }: DeviceId, atMs: number): LinkOpened | null => {
      const row = before.get(tenant, device, atMs) as LinkOpened | undefined;
      return row === undefined ? null : { ...row };
    },
  };
}
