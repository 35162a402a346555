import { DuckDBInstance } from '@duckdb/node-api';

/**
 * What DuckDB, which knows nothing of us, says to a question; `lake` in it stands for all Parquet files below a folder. Whole numbers come as
 * numbers, instants as Unix ms. No files: no rows.
 */
export async function askDuckDb<Row>(folder: string, sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const files = `${folder.replaceAll("'", "''")}/**/*.parquet`;
    const [found] = (
      await connection.runAndReadAll(`SELECT count(*)::int AS n FROM glob('${files}')`)
    ).getRowObjects();
    if (found?.n === 0) return [];
    const lake = `read_parquet('${files}', hive_partitioning = true, union_by_name = true)`;
    await connection.run(`SET TimeZone = 'UTC'; CREATE VIEW lake AS SELECT * FROM ${lake}`);
    const rows = (await connection.runAndReadAll(sql)).getRowObjects();
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
    ) as Row[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value !== null && 'micros' in value) return Number(value.micros) / 1_000;
  return typeof value === 'object' && value !== null && 'days' in value ? String(value) : value;
}
