/** Where initdb, pg_ctl and postgres are, or null. Debian keeps them off the PATH. */
export function findPostgres(): string | null;

export interface PostgresServer {
  url: string;
  /** As the superuser, in one session of its own. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  /** The user that the server runs as; undefined = the one of the tests. */
  user: { uid: number; gid: number } | undefined;
  /** A session that holds what it takes (locks) until it ends. */
  session(): Promise<{ query(sql: string): Promise<unknown>; end(): Promise<void> }>;
  /** At once, as a power cut would; the data stay. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A real server of its own in a temporary folder, durable as it comes: nothing is switched off for speed. */
export function startPostgres(bin: string): Promise<PostgresServer>;
