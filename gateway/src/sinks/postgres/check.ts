import { literal } from '../sql/names.ts';
import { createConnection } from './database.ts';

/** Whether the server would take tables now; null = it would. Changes nothing there. Throws what `pg` throws. */
export async function problemWithServer(options: {
  name: string;
  url: string;
  schema: string;
  timeoutMs: number;
}): Promise<string | null> {
  const connection = createConnection({ ...options, lost: () => {} });
  try {
    await connection.open();
    const [state] = await connection.query<{ standby: boolean; database: boolean; schema: boolean | null }>(
      `SELECT pg_is_in_recovery() AS standby, has_database_privilege(current_database(), 'CREATE') AS database,
       (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = ${literal(options.schema)}) AS schema`,
    );
    if (state?.standby) return 'is a standby: it takes nothing; use the address of the primary';
    const mayMake = state?.schema ?? state?.database;
    return mayMake ? null : `does not let this user make tables in schema "${options.schema}"`;
  } finally {
    connection.close();
  }
}
