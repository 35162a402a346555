import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import {
  createHttpSink,
  createJsonlSink,
  createParquetSink,
  createSqliteSink,
  recordingSink,
  type Sink,
  type SinkOutcome,
} from '@usewire/gateway';
import { askDuckDb, awaitedTime } from '../support/lake.ts';
import { DatabaseSync } from '../support/sqlite.ts';
import { describeSinkContract, type SinkPlace } from './sink-contract.ts';

const clock = { nowMs: () => 1_700_001_000_000, monotonicMs: () => 0 };

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'usewire-sink-'));
}

/** A file where the sink wants its folder: works for every user, also one that may write everywhere. */
async function blockWithFile(path: string): Promise<() => Promise<void>> {
  const aside = `${path}.aside`;
  await rename(path, aside).catch(() => {});
  await writeFile(path, 'in the way');
  return async () => {
    await rm(path);
    await rename(aside, path).catch(() => {});
  };
}

describeSinkContract('jsonl', async (): Promise<SinkPlace> => {
  const base = await folder();
  const directory = join(base, 'out');
  return {
    open: () =>
      createJsonlSink({ name: 'out', directory, rotateBytes: 1_000_000, rotateAfterSeconds: 3_600 }, clock),
    async arrived() {
      const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
      const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
      const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
      return lines.map((line) => (JSON.parse(line) as { seq: number }).seq);
    },
    break: () => blockWithFile(directory),
    refuse: null,
    remove: () => rm(base, { recursive: true, force: true }),
  };
});

describeSinkContract('parquet', async (): Promise<SinkPlace> => {
  const base = await folder();
  const directory = join(base, 'lake');
  const time = awaitedTime(1_700_001_000_000);
  const sinks: Sink[] = [];
  const open = () => {
    const sink = createParquetSink({ name: 'out', directory }, time);
    sinks.push(sink);
    return sink;
  };
  return {
    open,
    async arrived() {
      for (const sink of sinks.splice(0)) await sink.close();
      open();
      await time.pass(3_600_000);
      const rows = await askDuckDb<{ seq: number }>(directory, 'SELECT seq FROM lake');
      return rows.map(({ seq }) => seq);
    },
    break: () => blockWithFile(directory),
    refuse: null,
    async remove() {
      for (const sink of sinks.splice(0)) await sink.close();
      await rm(base, { recursive: true, force: true });
    },
  };
});

describeSinkContract('sqlite', async (): Promise<SinkPlace> => {
  const base = await folder();
  const file = join(base, 'usage.db');
  return {
    open: () => createSqliteSink({ name: 'out', file }),
    async arrived() {
      const db = new DatabaseSync(file);
      const rows = db.prepare('SELECT seq FROM records').all() as { seq: number }[];
      db.close();
      return rows.map(({ seq }) => seq);
    },
    async break() {
      // Another program that holds the write lock; it is the commonest trouble with a database file.
      const other = new DatabaseSync(file);
      other.exec('BEGIN EXCLUSIVE');
      return async () => {
        other.exec('ROLLBACK');
        other.close();
      };
    },
    refuse: null,
    remove: () => rm(base, { recursive: true, force: true }),
  };
});

/** A receiver as CloudEvents over HTTP describes it: remembers source and id. */
async function receiver() {
  const seen = new Map<string, number>();
  let status = 200;
  const server: Server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (status === 200) {
      const events = JSON.parse(gunzipSync(body).toString()) as { source: string; id: string }[];
      for (const { source, id } of events) seen.set(`${source} ${id}`, Number(id.split('/')[1]));
    }
    response.writeHead(status).end('so it is');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = (code: number) => async () => {
    status = code;
    return async () => {
      status = 200;
    };
  };
  return { server, seen, answer, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` };
}

describeSinkContract('http', async (): Promise<SinkPlace> => {
  const { server, seen, answer, url } = await receiver();
  return {
    open: () => createHttpSink({ name: 'out', url, headers: {}, gzip: true, timeoutMs: 5_000 }, clock),
    arrived: async () => [...seen.values()],
    break: answer(503),
    refuse: answer(400),
    async remove() {
      server.closeAllConnections();
      server.close();
    },
  };
});

describeSinkContract('recording double', async (): Promise<SinkPlace> => {
  const stored: ReturnType<typeof recordingSink>['stored'] = new Map();
  let answer: SinkOutcome | null = null;
  const set = (outcome: SinkOutcome) => async () => {
    answer = outcome;
    return async () => {
      answer = null;
    };
  };
  const open = (): Sink => {
    const sink = recordingSink('out');
    sink.stored = stored;
    const deliver = sink.deliver;
    sink.deliver = (batch, signal) => {
      if (answer) sink.answers.push(answer);
      return deliver(batch, signal);
    };
    return sink;
  };
  return {
    open,
    arrived: async () => [...stored.values()].map((record) => record.seq),
    break: set({ kind: 'retry', reason: 'told so' }),
    refuse: set({ kind: 'rejected', reason: 'told so' }),
    remove: async () => {},
  };
});
