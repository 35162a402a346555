import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../domain/ports.ts';
import { batchOf, bedBatch, bedRecord } from '../testing/bed-batch.ts';
import { createOtlpSink } from './otlp-sink.ts';

const signal = new AbortController().signal;

/** What is said to requests in turn; the last one to all that come after. */
interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: object | string;
}

describe('OTLP sink', () => {
  let server: Server;
  let sink: Sink;
  let replies: Reply[] = [];
  let asked: { path: string; body: unknown }[] = [];

  beforeEach(async () => {
    [replies, asked] = [[{ status: 200, body: {} }], []];
    server = createServer(async (request, response) => {
      asked.push({ path: request.url!, body: await json(request) });
      const { status, headers = {}, body = '' } = replies.length > 1 ? replies.shift()! : replies[0]!;
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp/`;
    const clock = { nowMs: () => 1_700_000_000_000, monotonicMs: () => 0 };
    sink = createOtlpSink({ name: 'out', url, gzip: false, timeoutMs: 5_000 }, clock);
  });
  afterEach(async () => {
    await sink.close();
    server.closeAllConnections();
    server.close();
  });

  const mixed = batchOf([
    bedRecord(0),
    bedRecord(1, { point: 'lifted', pointId: 3, kind: 'event', value: null, attributes: { angle: 12.5 } }),
  ]);

  it('asks for metrics and logs apart, and only for what there is', async () => {
    expect(await sink.deliver(mixed, signal)).toEqual({ kind: 'accepted', answer: 'HTTP 200; HTTP 200' });
    expect(await sink.deliver(bedBatch(2, 3), signal)).toEqual({ kind: 'accepted', answer: 'HTTP 200' });
    expect(asked.map(({ path }) => path)).toEqual(['/otlp/v1/metrics', '/otlp/v1/logs', '/otlp/v1/metrics']);
  });

  it('does not send the metrics of a batch again when only its logs failed', async () => {
    replies = [{ status: 200, body: {} }, { status: 503 }, { status: 200, body: {} }];
    expect((await sink.deliver(mixed, signal)).kind).toBe('retry');
    expect((await sink.deliver(mixed, signal)).kind).toBe('accepted');
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual(['metrics', 'logs', 'logs']);
  });

  it.each<[string, Reply, object]>([
    [
      'a part is not taken',
      { status: 200, body: { partialSuccess: { rejectedDataPoints: '3', errorMessage: 'too old' } } },
      { kind: 'accepted', answer: 'HTTP 200, 3 not taken: too old' },
    ],
    [
      'everything is taken, with a warning',
      { status: 200, body: { partialSuccess: { errorMessage: 'use another name' } } },
      { kind: 'accepted', answer: 'HTTP 200, a warning: use another name' },
    ],
    [
      'an empty partial success',
      { status: 200, body: { partialSuccess: {} } },
      { kind: 'accepted', answer: 'HTTP 200' },
    ],
    ['no JSON at all', { status: 200, body: 'fine' }, { kind: 'accepted', answer: 'HTTP 200' }],
    [
      'too much, in seconds',
      { status: 429, headers: { 'retry-after': '7' }, body: 'slow down' },
      { kind: 'retry', reason: 'HTTP 429: slow down', afterMs: 7_000 },
    ],
    [
      'not now, with a date',
      { status: 503, headers: { 'retry-after': new Date(1_700_000_012_000).toUTCString() } },
      { kind: 'retry', reason: 'HTTP 503', afterMs: 12_000 },
    ],
    ['not that', { status: 400, body: 'no metric' }, { kind: 'rejected', reason: 'HTTP 400: no metric' }],
    ['never', { status: 500, body: 'not that' }, { kind: 'rejected', reason: 'HTTP 500: not that' }],
    ['nobody you know', { status: 401 }, { kind: 'retry', reason: 'HTTP 401' }],
  ])('understands: %s', async (_, reply, outcome) => {
    replies = [reply];
    expect(await sink.deliver(bedBatch(0, 4), signal)).toEqual(outcome);
  });

  it('does not send a partial success again', async () => {
    replies = [{ status: 200, body: { partialSuccess: { rejectedDataPoints: 5, errorMessage: 'no' } } }];
    await sink.deliver(bedBatch(0, 4), signal);
    expect(asked).toHaveLength(1);
  });
});
