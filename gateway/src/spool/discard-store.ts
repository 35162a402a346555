import type { DiscardedMessage } from '../domain/ports.ts';
import type { BootIndex } from './boot-index.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Numbers of messages that were discarded since the snapshot: with the next one they are in the ranges of their boots. */
export const DISCARD_TABLE = `
CREATE TABLE IF NOT EXISTS discarded (boot_id INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (boot_id, seq)) WITHOUT ROWID;
`;

export function discardStore(db: SqlDatabase, boots: BootIndex) {
  const insert = db.prepare('INSERT OR IGNORE INTO discarded VALUES (?, ?)');
  const clear = db.prepare('DELETE FROM discarded');
  return {
    add(messages: readonly DiscardedMessage[]): void {
      for (const message of messages) insert.run(boots.idOf(message), message.seq);
    },
    clear: (): void => void clear.run(),
  };
}

export function loadDiscarded(db: SqlDatabase): { bootId: number; seq: number }[] {
  return db.prepare('SELECT boot_id AS bootId, seq FROM discarded').all() as {
    bootId: number;
    seq: number;
  }[];
}
