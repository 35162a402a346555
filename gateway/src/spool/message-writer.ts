import type { AdmittedMessage } from '../domain/ports.ts';
import type { BootIndex } from './boot-index.ts';
import { MESSAGE_COLUMNS, MESSAGE_WIDTH, setMessage } from './rows.ts';
import type { SqlDatabase, SqlValue } from './sqlite.ts';

/** Measured: one statement for many rows costs half of one statement a row; beyond 32 rows nothing is gained. */
const STEPS = [32, 8, 1] as const;

/** Inserts messages at consecutive positions, many rows a statement. */
export function messageWriter(db: SqlDatabase, boots: BootIndex) {
  const steps = STEPS.map((rows) => ({
    rows,
    statement: db.prepare(insertSql(rows)),
    // Reused: filling a new array for each statement costs a sixth of the insert.
    values: new Array<SqlValue>(rows * MESSAGE_WIDTH).fill(null),
  }));

  return function insert(messages: readonly AdmittedMessage[], firstPosition: number): void {
    let done = 0;
    for (const { rows, statement, values } of steps) {
      while (messages.length - done >= rows) {
        for (let i = 0; i < rows; i += 1) {
          const message = messages[done + i]!;
          const at = i * MESSAGE_WIDTH;
          values[at] = firstPosition + done + i;
          values[at + 1] = boots.idOf(message);
          setMessage(values, at + 2, message);
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
