import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { batchOf, bedBatch, bedRecord } from '../testing/bed-batch.ts';
import { bedHash } from '../testing/bed-model.ts';
import { createHttpSink, type HttpSinkOptions } from './http-sink.ts';

const clock = { nowMs: () => Date.UTC(2026, 0, 1), monotonicMs: () => 0 };
const signal = new AbortController().signal;
type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

describe('http sink', () => {
  const servers: Server[] = [];
  const sinks: { close(): Promise<void> }[] = [];

  async function serve(handler: Handler): Promise<string> {
    const server = createServer(async (request, response) =>
      handler(request, await buffer(request), response),
    );
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function open(url: string, change: Partial<HttpSinkOptions> = {}) {
    const sink = createHttpSink(
      { name: 'cloud', url, headers: {}, gzip: true, timeoutMs: 2_000, ...change },
      clock,
    );
    sinks.push(sink);
    return sink;
  }

  afterEach(async () => {
    for (const sink of sinks.splice(0)) await sink.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('tells a receiver what to erase by one CloudEvent under the id of the request, and never gives up', async () => {
    const bodies: { type: string; id: string; data: object }[] = [];
    const keys: (string | string[] | undefined)[] = [];
    const url = await serve((request, body, response) => {
      keys.push(request.headers['idempotency-key']);
      bodies.push(JSON.parse(gunzipSync(body).toString())[0]);
      response.writeHead(bodies.length === 1 ? 422 : 204).end();
    });
    const id = '0a'.repeat(16);
    const range = { fromMs: 0, toMs: Date.UTC(2026, 0, 1), isWhole: true };
    const tombstone = { id, tenant: 'acme', device: 'bed-1', subject: 1, names: ['left'], ...range };
    const sink = open(url);
    expect(await sink.erase!(tombstone, signal)).toEqual({ kind: 'retry', reason: 'HTTP 422' });
    expect(await sink.erase!(tombstone, signal)).toEqual({
      kind: 'erased',
      records: null,
      answer: 'HTTP 204',
    });
    expect(keys).toEqual([`erase/${id}`, `erase/${id}`]);
    expect(bodies[1]).toMatchObject({
      type: 'org.usewire.erase.v1',
      subject: 'left',
      data: {
        tenant: 'acme',
        device: 'bed-1',
        subject: 1,
        names: ['left'],
        to: '2026-01-01T00:00:00.000Z',
        whole: true,
      },
    });
  });

  it('posts one CloudEvents batch with the batch key, compressed', async () => {
    let seen: { request: IncomingMessage; body: Buffer } | undefined;
    const url = await serve((request, body, response) => {
      seen = { request, body };
      response.writeHead(202).end();
    });
    const batch = batchOf([bedRecord(0, { subject: 'left', flags: ['out_of_range'] })]);
    expect(await open(`${url}/in?x=1`, { headers: { 'X-Key': 'k' } }).deliver(batch, signal)).toEqual({
      kind: 'accepted',
      answer: expect.stringMatching(/^HTTP 2\d\d$/),
    });
    const { method, url: path, headers } = seen!.request;
    expect([method, path]).toEqual(['POST', '/in?x=1']);
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
      'content-encoding': 'gzip',
      'idempotency-key': 'out/1-1',
      'x-key': 'k',
    });
    expect(JSON.parse(gunzipSync(seen!.body).toString())).toEqual([
      {
        specversion: '1.0',
        id: '1/0/0',
        source: 'urn:pou:acme:bed-1',
        type: 'org.pou.record.v1',
        subject: 'left',
        time: '2023-11-14T22:13:20.000Z',
        datacontenttype: 'application/json',
        dataschema: `urn:pou:model:${bedHash}`,
        recordedtime: '2023-11-14T22:28:20.000Z',
        sequence: '0000000000000001.000000',
        partitionkey: 'acme.bed-1',
        consentepoch: 0,
        dataclassification: 'personal',
        datacategory: 'comfort',
        data: {
          tenant: 'acme',
          device: 'bed-1',
          product: 'smart_bed',
          point: 'temperature',
          kind: 'gauge',
          value: 20.5,
          unit: 'Cel',
          attributes: {},
          flags: ['out_of_range'],
          timeQuality: 3,
          timeBoundMs: 20,
          uptimeMs: 0,
        },
      },
    ]);
  });

  it('sends plain JSON when compression is off, and the credentials of the address', async () => {
    let seen: IncomingMessage | undefined;
    let text = '';
    const url = await serve((request, body, response) => {
      seen = request;
      text = body.toString();
      response.end();
    });
    await open(url.replace('://', '://me:s%40fe@'), { gzip: false }).deliver(bedBatch(0, 1), signal);
    expect(JSON.parse(text)).toHaveLength(2);
    expect(seen!.headers['content-encoding']).toBeUndefined();
    expect(seen!.headers.authorization).toBe(`Basic ${Buffer.from('me:s@fe').toString('base64')}`);
  });

  it('sends the same key and the same bytes when it is asked again', async () => {
    const bodies: string[] = [];
    const url = await serve((request, body, response) => {
      bodies.push(`${request.headers['idempotency-key']} ${body.toString('hex')}`);
      response.writeHead(503, { 'retry-after': '2' }).end();
    });
    const sink = open(url);
    expect(await sink.deliver(bedBatch(0, 3), signal)).toMatchObject({ kind: 'retry', afterMs: 2_000 });
    await sink.deliver(bedBatch(0, 3), signal);
    expect(bodies[0]).toBe(bodies[1]);
  });

  it('signs a batch for who has the secret: the JSON, with its key and the time', async () => {
    let seen: { headers: IncomingMessage['headers']; json: Buffer } | undefined;
    const url = await serve((request, body, response) => {
      seen = { headers: request.headers, json: gunzipSync(body) };
      response.end();
    });
    const signingSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    await open(url, { signingSecret }).deliver(bedBatch(0, 0), signal);
    const seconds = Date.UTC(2026, 0, 1) / 1_000;
    const content = Buffer.concat([Buffer.from(`out/1-1.${seconds}.`), seen!.json]);
    const signature = createHmac('sha256', Buffer.alloc(24, 7)).update(content).digest('base64');
    expect(seen!.headers).toMatchObject({
      'webhook-id': 'out/1-1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signature}`,
    });
  });

  it('does not follow a redirect', async () => {
    let requests = 0;
    const url = await serve((_request, _body, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await open(url).deliver(bedBatch(0, 0), signal)).kind).toBe('retry');
    expect(requests).toBe(1);
  });

  it('gives up an attempt that gets no answer in time', async () => {
    const url = await serve(() => {});
    const outcome = await open(url, { timeoutMs: 50 }).deliver(bedBatch(0, 0), signal);
    expect(outcome).toEqual({ kind: 'retry', reason: 'no answer within 50 ms' });
  });

  it('gives up an attempt whose answer never ends', async () => {
    const url = await serve((_request, _body, response) => {
      response.writeHead(200).write('...');
    });
    const outcome = await open(url, { timeoutMs: 50 }).deliver(bedBatch(0, 0), signal);
    expect(outcome).toEqual({ kind: 'retry', reason: 'no answer within 50 ms' });
  });

  it('asks for a retry when nobody listens, and when the connection breaks', async () => {
    expect(await open('http://127.0.0.1:9/').deliver(bedBatch(0, 0), signal)).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    const url = await serve((request) => request.socket.destroy());
    expect((await open(url).deliver(bedBatch(0, 0), signal)).kind).toBe('retry');
  });

  it('stops at once when the gateway does', async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const outcome = open(url).deliver(bedBatch(0, 0), stop.signal);
    stop.abort();
    expect(await outcome).toEqual({ kind: 'retry', reason: 'the gateway is stopping' });
  });

  it('shows only the beginning of a refusal, on one line', async () => {
    const url = await serve((_request, _body, response) => {
      response.writeHead(422).end(`bad\n\u0007things ${'x'.repeat(5_000)}`);
    });
    const outcome = await open(url).deliver(bedBatch(0, 0), signal);
    expect(outcome.kind).toBe('rejected');
    const { reason } = outcome as { reason: string };
    expect(reason).toMatch(/^HTTP 422: bad things x+$/);
    expect(reason.length).toBeLessThan(250);
  });
});
