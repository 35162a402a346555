import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { createS3Sink, type S3SinkOptions, type Sink } from '@usewire/gateway';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeSinkContract, kettleBatch, never } from '../../contract/sink-contract.ts';
import { askDuckDb, awaitedTime } from '../../support/lake.ts';
import { accessKeyId, type S3Server, secretAccessKey, startS3, whyNoS3 } from './server.mjs';

const missing = whyNoS3();
const why = missing === null ? '' : ` (skipped: ${missing})`;
const HOUR_MS = 3_600_000;
const accepted = { kind: 'accepted' };

describe.skipIf(missing !== null)(`S3-compatible storage${why}`, () => {
  let server: S3Server;
  let base = '';
  let time = awaitedTime(0);
  let prefixes = 0;
  let prefix = '';
  const sinks: Sink[] = [];

  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'usewire-staging-'));
    time = awaitedTime(1_700_001_000_000);
    prefix = `lake-${++prefixes}/`;
  });
  afterEach(async () => {
    for (const sink of sinks.splice(0)) await sink.close();
    await rm(base, { recursive: true, force: true });
  });

  const open = (change: Partial<S3SinkOptions> = {}) => {
    const sink = createS3Sink(
      {
        name: 'out',
        bucket: 'usage',
        endpoint: server.endpoint,
        stagingDirectory: join(base, 'staging'),
        prefix,
        accessKeyId,
        secretAccessKey,
        timeoutMs: 5_000,
        ...change,
      },
      time,
    );
    sinks.push(sink);
    return sink;
  };
  /** By the names of objects that the server tells, and what DuckDB reads in them. */
  const keys = async () => {
    const client = new S3Client({
      endpoint: server.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: 'usage', Prefix: prefix }),
    );
    client.destroy();
    return Contents.map(({ Key }) => Key!);
  };
  const seqs = async () => {
    const rows = await askDuckDb<{ seq: number }>(join(server.root, 'usage', prefix), 'SELECT seq FROM lake');
    return rows.map(({ seq }) => seq).sort((a, b) => a - b);
  };

  describeSinkContract('s3', async () => ({
    open,
    async arrived() {
      for (const sink of sinks.splice(0)) await sink.close();
      open();
      await time.pass(HOUR_MS);
      return seqs();
    },
    /** Accepted means staged on this disk: what takes nothing is that. A server that is down has tests of its own. */
    async break() {
      const [staging, aside] = [join(base, 'staging'), join(base, 'aside')];
      await rename(staging, aside).catch(() => {});
      await writeFile(staging, 'in the way');
      return async () => {
        await rm(staging);
        await rename(aside, staging).catch(() => {});
      };
    },
    refuse: null,
    remove: async () => {},
  }));

  it('puts an object for each table and day when its hour has ended, under a prefix', async () => {
    await open().deliver(kettleBatch(0, 4), never);
    expect(await keys()).toEqual([]);
    await time.pass(HOUR_MS);
    expect(await keys()).toEqual([
      expect.stringMatching(
        /^lake-\d+\/product=kettle\/point=water\/day=2023-11-14\/2023-11-14T22-000000000001-[0-9a-f]{8}\.parquet$/,
      ),
    ]);
    expect(await seqs()).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps an hour while the server is away, takes nothing beyond it, and puts it once when it is back', async () => {
    const sink = open();
    await sink.deliver(kettleBatch(0, 2), never);
    await server.kill();
    await time.pass(HOUR_MS);
    expect(await sink.deliver(kettleBatch(3, 4), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/^lake-\d+\/product=kettle.*ECONNREFUSED/),
    });
    await server.start();
    expect(await sink.deliver(kettleBatch(3, 4), never)).toEqual(accepted);
    await time.pass(HOUR_MS);
    expect(await seqs()).toEqual([0, 1, 2, 3, 4]);
    expect(await keys()).toHaveLength(2);
  });

  it('tries again by itself when nothing comes any more', async () => {
    await open().deliver(kettleBatch(0, 2), never);
    await server.kill();
    await time.pass(HOUR_MS);
    await server.start();
    await time.pass(60_000);
    expect(await seqs()).toEqual([0, 1, 2]);
  });

  it('puts the same objects again after a gateway that ended in the middle of putting them', async () => {
    const days = Array.from({ length: 6 }, (_, day) => kettleBatch(day, day).records[0]!);
    const spread = days.map((record, day) => ({ ...record, atMs: record.atMs + day * 86_400_000 }));
    await open().deliver({ ...kettleBatch(0, 5), records: spread }, never);
    // The third folder cannot be made: the server has what came before it.
    const blocked = join(server.root, 'usage', prefix, 'product=kettle/point=water/day=2023-11-16');
    await mkdir(join(blocked, '..'), { recursive: true });
    await writeFile(blocked, 'in the way');
    await time.pass(HOUR_MS);
    const part = (await keys()).filter((key) => key.endsWith('.parquet'));
    expect(part).toHaveLength(2);
    await sinks.pop()!.close();
    await rm(blocked);
    open();
    await time.pass(1_000);
    expect(await seqs()).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await keys()).filter((key) => part.includes(key))).toEqual(part);
  });

  it('has two gateways with the same positions beside each other', async () => {
    await open().deliver(kettleBatch(0, 0), never);
    await open({ stagingDirectory: join(base, 'other') }).deliver(kettleBatch(0, 0), never);
    await time.pass(HOUR_MS);
    expect(await keys()).toHaveLength(2);
  });

  it.each<[string, Partial<S3SinkOptions>, RegExp]>([
    ['a wrong secret', { secretAccessKey: 'wrong' }, /^bucket "usage": HTTP 403 these credentials/],
    ['a key that nobody knows', { accessKeyId: 'nobody' }, /^bucket "usage": HTTP 40[34] /],
    [
      'a bucket that is not there',
      { bucket: 'nowhere' },
      /^bucket "nowhere": HTTP 404 there is no such bucket/,
    ],
  ])('takes nothing with %s, and says so before the first hour has passed', async (_, change, reason) => {
    const outcome = await open(change).deliver(kettleBatch(0, 0), never);
    expect(outcome).toMatchObject({ kind: 'retry', reason: expect.stringMatching(reason) });
  });

  it('gives up an attempt on a server that holds still, and stops at once when the gateway does', async () => {
    const sink = open({ timeoutMs: 300 });
    server.signal('SIGSTOP');
    expect(await sink.deliver(kettleBatch(0, 0), never)).toMatchObject({
      kind: 'retry',
      reason: 'bucket "usage": no answer within 300 ms',
    });
    const stop = new AbortController();
    const stopping = open({ timeoutMs: 60_000, stagingDirectory: join(base, 'other') }).deliver(
      kettleBatch(0, 0),
      stop.signal,
    );
    stop.abort();
    expect(await stopping).toEqual({ kind: 'retry', reason: 'the gateway is stopping' });
    server.signal('SIGCONT');
    expect(await sink.deliver(kettleBatch(0, 0), never)).toEqual(accepted);
  });
});
