import { createPostgresSink } from '@usewire/gateway';
import { bool, gauge, type Model, oneOf, optional, product } from '@usewire/protocol/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  batchOf,
  describeSinkContract,
  kettle,
  kettleBatch,
  kettleRecord,
  never,
} from '../../contract/sink-contract.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

/** The next version of the kettle, whose water knows one thing more. */
const kettleWithPlug = product('kettle', 2, {
  purposes: kettle.purposes,
  points: {
    water: gauge({
      id: 1,
      for: 'comfort',
      unit: 'Cel',
      scale: 0.1,
      attributes: { fill: optional(oneOf('low', 'high')), mains: optional(bool()) },
    }),
  },
});

const bin = findPostgres();
const why = bin ? '' : ' (skipped: no initdb and pg_ctl here)';

describe.skipIf(bin === null)(`PostgreSQL${why}`, () => {
  let server: PostgresServer;
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres(bin!);
  });
  afterAll(() => server.remove());

  const nextSchema = () => `usage_${++schemas}`;
  const open = (schema: string, change: { url?: string; timeoutMs?: number } = {}) =>
    createPostgresSink({ name: 'out', url: server.url, schema, timeoutMs: 5_000, ...change });
  const seqs = async (schema: string, relation = 'records') =>
    (await server.query<{ seq: string }>(`SELECT seq FROM ${schema}.${relation} ORDER BY seq, idx`)).map(
      ({ seq }) => Number(seq),
    );

  describeSinkContract('postgres', async () => {
    const schema = nextSchema();
    return {
      open: () => open(schema),
      arrived: () => seqs(schema),
      async break() {
        await server.kill();
        return () => server.start();
      },
      async refuse() {
        const sink = open(schema);
        await sink.deliver({ ...kettleBatch(0, 0), records: [] }, never);
        await sink.close();
        await server.query(`ALTER TABLE ${schema}.kettle_water_rows ADD CONSTRAINT nothing CHECK (false)`);
        return async () => {};
      },
      remove: async () => {
        await server.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      },
    };
  });

  it('has columns of the types of the model, and a view a point that reads naturally', async () => {
    const schema = nextSchema();
    const sink = open(schema);
    const records = [
      kettleRecord(0, {
        subject: 'left',
        flags: ['out_of_range'],
        attributes: { fill: 'high' },
        value: 20.5,
      }),
      kettleRecord(1, { point: 'heating', value: 90 }),
      kettleRecord(2, { point: 'boils', value: 2 ** 53 - 1 }),
    ];
    expect(await sink.deliver(batchOf(records), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(
      await server.query(
        `SELECT device, subject, time, value_celsius, fill, flags, time_bound_ms FROM ${schema}.kettle_water`,
      ),
    ).toEqual([
      {
        device: 'kettle-1',
        subject: 'left',
        time: new Date(1_700_000_000_000),
        value_celsius: 20.5,
        fill: 'high',
        flags: ['out_of_range'],
        time_bound_ms: 20,
      },
    ]);
    expect(await server.query(`SELECT device, end_time, duration_s FROM ${schema}.sessions`)).toEqual([
      { device: 'kettle-1', end_time: new Date(1_700_000_001_000 + 90_000), duration_s: 90 },
    ]);
    expect(await server.query(`SELECT point, value, text, unit FROM ${schema}.records ORDER BY seq`)).toEqual(
      [
        { point: 'water', value: 20.5, text: null, unit: 'Cel' },
        { point: 'heating', value: 90, text: null, unit: 's' },
        { point: 'boils', value: 2 ** 53 - 1, text: null, unit: null },
      ],
    );
    expect(
      await server.query(
        `SELECT attname, format_type(atttypid, -1) AS type FROM pg_attribute
         WHERE attrelid = '${schema}.kettle_boils_rows'::regclass AND attname IN ('time', 'value', 'seq')`,
      ),
    ).toEqual([
      { attname: 'seq', type: 'bigint' },
      { attname: 'time', type: 'timestamp with time zone' },
      { attname: 'value', type: 'bigint' },
    ]);
  });

  it('keeps what was lost in a table of its own', async () => {
    const schema = nextSchema();
    const attributes = { cause: 'evicted', from: 7, span_ms: 60_000 };
    const gap = { ...kettleRecord(3, { attributes, value: 12 }), point: 'gap', pointId: 0, kind: 'gap' };
    const sink = open(schema);
    expect(await sink.deliver(batchOf([gap]), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(
      await server.query(`SELECT device, lost::int, cause, first_seq::int, span_ms::int FROM ${schema}.gaps`),
    ).toEqual([{ device: 'kettle-1', lost: 12, cause: 'evicted', first_seq: 7, span_ms: 60_000 }]);
    expect(await seqs(schema)).toEqual([]);
  });

  it('takes all of a batch or nothing: one text with a NUL, which PostgreSQL cannot keep, refuses all', async () => {
    const schema = nextSchema();
    const sink = open(schema);
    const spoilt = [
      kettleRecord(0),
      kettleRecord(1, { subject: 'a\u0000b' }),
      kettleRecord(2, { point: 'boils' }),
    ];
    expect(await sink.deliver(batchOf(spoilt), never)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/22P05/),
    });
    expect(await sink.deliver(batchOf([spoilt[2]!]), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(await seqs(schema)).toEqual([2]);
  });

  it('makes its tables once when several gateways see a model at the same time, and keeps one copy of a record', async () => {
    const schema = nextSchema();
    const sinks = Array.from({ length: 6 }, () => open(schema));
    const outcomes = await Promise.all(sinks.map((sink) => sink.deliver(kettleBatch(0, 50), never)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(6).fill('accepted'));
    await Promise.all(sinks.map((sink) => sink.close()));
    expect(await seqs(schema)).toEqual(Array.from({ length: 51 }, (_, seq) => seq));
  });

  it('is told of a wrong password, a database that is not there, and a user who may not make tables, and goes on when that is mended', async () => {
    const schema = nextSchema();
    const wrong = open(schema, { url: server.url.replace('usewire-test', 'other') });
    expect(await wrong.deliver(kettleBatch(0, 0), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/password authentication failed/),
    });
    await wrong.close();
    const nowhere = open(schema, { url: server.url.replace(/postgres$/, 'nowhere') });
    expect(await nowhere.deliver(kettleBatch(0, 0), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/"nowhere" does not exist/),
    });
    await nowhere.close();
    await server.query(`CREATE ROLE guest_${schema} LOGIN PASSWORD 'guest'`);
    const guest = open(schema, { url: server.url.replace('usewire:usewire-test', `guest_${schema}:guest`) });
    expect(await guest.deliver(kettleBatch(0, 0), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/permission denied/),
    });
    await server.query(`CREATE SCHEMA ${schema} AUTHORIZATION guest_${schema}`);
    expect(await guest.deliver(kettleBatch(0, 0), never)).toEqual({ kind: 'accepted' });
    await guest.close();
  });

  describe('when somebody changed the schema', () => {
    it.each([
      ['a column was dropped', 'ALTER TABLE $.kettle_water_rows DROP COLUMN fill CASCADE', [0, 1]],
      [
        'a column of every record was dropped',
        'ALTER TABLE $.kettle_water_rows DROP COLUMN flags CASCADE',
        [0, 1],
      ],
      ['a table was dropped', 'DROP TABLE $.kettle_water_rows CASCADE', [1]],
      ['a view was dropped', 'DROP VIEW $.kettle_water; DROP VIEW $.records', [0, 1]],
      ['everything was dropped', 'DROP SCHEMA $ CASCADE', [1]],
    ])('%s: it is made again at the latest with the second attempt', async (_, sql, left) => {
      const schema = nextSchema();
      const sink = open(schema);
      await sink.deliver(kettleBatch(0, 0), never);
      await server.query(sql.replaceAll('$', schema));
      // The first attempt may find that what it believed is not so.
      await sink.deliver(kettleBatch(1, 1), never);
      await sink.close();
      const next = open(schema);
      expect(await next.deliver(kettleBatch(1, 1), never)).toEqual({ kind: 'accepted' });
      await next.close();
      expect(await seqs(schema)).toEqual(left);
      expect(await seqs(schema, 'kettle_water')).toEqual(left);
    });

    it('a column of another type is left as it is, and a new one stands beside it', async () => {
      const schema = nextSchema();
      const sink = open(schema);
      await sink.deliver(kettleBatch(0, 0), never);
      await sink.close();
      await server.query(
        `ALTER TABLE ${schema}.kettle_water_rows DROP COLUMN value_celsius CASCADE;
         ALTER TABLE ${schema}.kettle_water_rows ADD COLUMN value_celsius text`,
      );
      const next = open(schema);
      expect(await next.deliver(kettleBatch(1, 1), never)).toEqual({ kind: 'accepted' });
      await next.close();
      expect(
        await server.query(
          `SELECT seq::int, value_celsius_double AS value FROM ${schema}.kettle_water ORDER BY seq`,
        ),
      ).toEqual([
        { seq: 0, value: null },
        { seq: 1, value: 21 },
      ]);
    });

    it("a view that somebody built on the sink's own lives on when a model grows", async () => {
      const schema = nextSchema();
      const sink = open(schema);
      await sink.deliver(kettleBatch(0, 0), never);
      await server.query(`CREATE VIEW ${schema}.mine AS SELECT device, value_celsius FROM ${schema}.kettle_water;
        CREATE VIEW ${schema}.all_mine AS SELECT * FROM ${schema}.records`);
      const batch = batchOf([kettleRecord(1, { modelHash: 'bbbbbbbb', attributes: { mains: true } })]);
      const models = new Map<string, Model>([['acme/bbbbbbbb', kettleWithPlug]]);
      expect(await sink.deliver({ ...batch, models }, never)).toEqual({ kind: 'accepted' });
      await sink.close();
      expect(await server.query(`SELECT count(*)::int AS n FROM ${schema}.mine`)).toEqual([{ n: 2 }]);
      expect(await server.query(`SELECT mains FROM ${schema}.kettle_water WHERE mains`)).toEqual([
        { mains: true },
      ]);
    });

    it('a newer layout is not touched', async () => {
      const schema = nextSchema();
      const sink = open(schema);
      await sink.deliver(kettleBatch(0, 0), never);
      await sink.close();
      await server.query(`INSERT INTO ${schema}.migrations VALUES (99)`);
      const older = open(schema);
      expect(await older.deliver(kettleBatch(1, 1), never)).toMatchObject({
        kind: 'retry',
        reason: expect.stringMatching(/has layout 99/),
      });
      await older.close();
    });
  });

  /** Another session that holds the table until it ends. */
  async function lockTable(schema: string) {
    const other = await server.session();
    await other.query(`BEGIN; LOCK TABLE ${schema}.kettle_water_rows`);
    return other;
  }

  it('gives up an attempt on a server that is too slow, and what comes again counts once', async () => {
    const schema = nextSchema();
    const sink = open(schema, { timeoutMs: 300 });
    await sink.deliver(kettleBatch(0, 0), never);
    const other = await lockTable(schema);
    expect(await sink.deliver(kettleBatch(1, 1), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/statement timeout/),
    });
    await other.end();
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(await seqs(schema)).toEqual([0, 1]);
  });

  it('stops at once when the gateway does, in the middle of a statement', async () => {
    const schema = nextSchema();
    const sink = open(schema);
    await sink.deliver(kettleBatch(0, 0), never);
    const other = await lockTable(schema);
    const stop = new AbortController();
    const outcome = sink.deliver(kettleBatch(1, 1), stop.signal);
    const waiting = `SELECT FROM pg_stat_activity WHERE application_name = 'usewire out' AND wait_event_type = 'Lock'`;
    await vi.waitUntil(async () => (await server.query(waiting)).length > 0, { timeout: 10_000 });
    stop.abort();
    expect(await outcome).toEqual({ kind: 'retry', reason: 'the gateway is stopping' });
    await other.end();
    await sink.close();
  });

  it('asks a server that answers before it has written to write first', async () => {
    const schema = nextSchema();
    await server.query(`ALTER ROLE usewire SET synchronous_commit = off`);
    const sink = open(schema);
    await sink.deliver(kettleBatch(0, 0), never);
    await server.query(`ALTER ROLE usewire RESET synchronous_commit`);
    // A trigger tells what the sink's own session runs with.
    await server.query(
      `CREATE FUNCTION ${schema}.told() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN NEW.subject := current_setting('synchronous_commit'); RETURN NEW; END $$;
       CREATE TRIGGER told BEFORE INSERT ON ${schema}.kettle_water_rows FOR EACH ROW EXECUTE FUNCTION ${schema}.told()`,
    );
    await sink.deliver(kettleBatch(1, 1), never);
    await sink.close();
    expect(await server.query(`SELECT subject FROM ${schema}.kettle_water WHERE seq = 1`)).toEqual([
      { subject: 'on' },
    ]);
  });
});
