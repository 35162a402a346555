import type { AdmittedMessage } from '../domain/ports.ts';
import type { BootIndex } from './boot-index.ts';
import { MESSAGE_COLUMNS, MESSAGE_WIDTH, pushMessage } from './rows.ts';
import type { SqlDatabase, SqlStatement, SqlValue } from './sqlite.ts';

/** Measured: one statement for many rows costs half of one statement a row; beyond 32 rows nothing is gained. */
const STEPS = [32, 8, 1] as const;

/** Inserts messages at consecutive positions, many rows a statement. */
export function messageWriter(db: SqlDatabase, boots: BootIndex) {
  const statements: { rows: number; statement: SqlStatement }[] = STEPS.map((rows) => ({
    rows,
    statement: db.prepare(insertSql(rows)),
  }));

  return function insert(messages: readonly AdmittedMessage[], firstPosition: number): void {
    let done = 0;
    for (const { rows, statement } of statements) {
      while (messages.length - done >= rows) {
        const values: SqlValue[] = [];
        for (let i = done; i < done + rows; i += 1) {
          const message = messages[i]!;
          pushMessage(values, firstPosition + i, boots.idOf(message), message);
        }
        statement.run(...values);
        done += rows;
      }
    }
  };
}

function insertSql(rows: number): string {
  const row = `(${Array(MESSAGE_WIDTH).fill('?').join(',')})`;
  return `INSERT INTO messages (${MESSAGE_COLUMNS}) VALUES ${Array(rows).fill(row).join(',')}`;
}
