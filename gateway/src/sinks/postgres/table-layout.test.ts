import { describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { findLayout, plainTables } from './table-layout.ts';

/** A database that has the extension, or has not. */
function databaseWith(found: { version: string; schema: string } | null): Database {
  return { query: async <Row extends object>() => (found ? [found] : []) as unknown as Row[] };
}

describe('the layout of tables', () => {
  it.each<[string, { version: string; schema: string } | null]>([
    ['no extension', null],
    [
      'a Timescale that does not take late records into compressed chunks',
      { version: '2.10.3', schema: 'public' },
    ],
    ['one from long ago', { version: '1.7.5', schema: 'public' }],
  ])('is plain with %s', async (_, found) => {
    expect(await findLayout(databaseWith(found), 'usewire')).toBe(plainTables);
  });

  it.each(['2.11.0', '2.17.2', '3.0.0'])(
    'is a hypertable a day with compression after a week with Timescale %s',
    async (version) => {
      const layout = await findLayout(databaseWith({ version, schema: 'ts' }), 'usage');
      const [table, hypertable, compression, policy] = layout('bed_heart_rate_rows');
      expect(table).toMatch(
        /^CREATE TABLE "bed_heart_rate_rows" \(.*, PRIMARY KEY \(tenant, device, boot, seq, idx, time\)\)$/,
      );
      expect(hypertable).toBe(
        `SELECT "ts".create_hypertable('"usage"."bed_heart_rate_rows"', 'time', chunk_time_interval => interval '1 day')`,
      );
      expect(compression).toContain(`timescaledb.compress_segmentby = 'tenant, device'`);
      expect(policy).toBe(
        `SELECT "ts".add_compression_policy('"usage"."bed_heart_rate_rows"', interval '7 days')`,
      );
    },
  );
});
