import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { memorySpool, openDeviceRegistry } from '@usewire/gateway';
import { decodeMessage, Kind, Reader } from '@usewire/protocol/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, lampData, lampHello, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { hasOpenssl, testCa } from '../support/test-ca.ts';

let running: TestGateway;
afterEach(() => running.stop());

async function begin(
  options: Parameters<typeof startGateway>[0] = {},
  ports: Parameters<typeof startGateway>[1] = {},
) {
  running = await startGateway({ http: { port: 0 }, ...options }, ports);
  return `http://127.0.0.1:${running.httpIngressPort}/pou/1/acme/lid-1`;
}

const post = (url: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
  fetch(`${url}/up`, {
    method: 'POST',
    body: body as Uint8Array<ArrayBuffer>,
    headers: { 'content-type': 'application/cbor', ...headers },
  });

/** The messages of an answer. */
async function saidAll(response: Response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const reader = new Reader(bytes);
  const messages = [];
  while (reader.at < bytes.length) {
    const decoded = decodeMessage(reader.item(0));
    messages.push(decoded.ok ? decoded.value : decoded.error);
  }
  return messages;
}

const said = async (response: Response) => (await saidAll(response))[0];

describe('a message over HTTP', () => {
  it('is answered by an ack when it is stored, and again when it comes again', async () => {
    const url = await begin();
    const first = await post(url, lampData(0));
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/cbor-seq']);
    expect(await said(first)).toMatchObject({ kind: Kind.ack, boot: 1, nextSeq: 1 });
    expect(await said(await post(url, lampData(2)))).toMatchObject({ nextSeq: 1, ranges: [[2, 2]] });
    expect(await said(await post(url, lampData(0)))).toMatchObject({ nextSeq: 1, ranges: [[2, 2]] });
    const { messages, duplicates, acks } = running.gateway.view.counters();
    expect([messages, duplicates, acks]).toEqual([2, 1, 3]);
  });

  it('that is wrong is kept aside and answered by a nack that says why', async () => {
    const url = await begin();
    const response = await post(url, lampData(0).subarray(0, 20));
    expect(response.status).toBe(200);
    expect(await said(response)).toMatchObject({ kind: Kind.nack, code: 1 });
    expect(running.gateway.view.counters().quarantined).toEqual({ malformed: 1 });
  });

  it('of a model that nobody knows is answered by the question for it', async () => {
    const url = await begin({ models: [] });
    const messages = await saidAll(await post(url, lampHello(0)));
    // POU-ACK-5: before the ack of the hello.
    expect(messages).toMatchObject([{ kind: Kind.modelReq }, { kind: Kind.ack }]);
    expect(running.gateway.view.devices()).toMatchObject([{ device: 'lid-1', state: 'online' }]);
  });

  it('leaves its device offline, not lost, when the connection ends', async () => {
    const url = await begin();
    await post(url, lampHello(0), { connection: 'close' });
    await eventually(
      () => running.gateway.view.devices()[0]?.state === 'offline',
      'the end of the connection',
    );
  });

  it('finds what waits for its device, once', async () => {
    const url = await begin();
    expect((await fetch(`${url}/dn`)).status).toBe(204);
    const nonce = new Uint8Array(8).fill(7);
    const messages = await saidAll(await post(url, lampHello(0, { nonce })));
    expect(messages).toMatchObject([{ kind: Kind.time, nonce }, { kind: Kind.ack }]);
    expect((await fetch(`${url}/dn`)).status).toBe(204);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['another path', 'GET', '/', {}, 404],
    ['a status topic', 'POST', '/pou/1/acme/lid-1/st', {}, 404],
    ['a name that is no id', 'POST', '/pou/1/acme/lid%201/up', {}, 404],
    ['another method', 'PUT', '/pou/1/acme/lid-1/up', {}, 405],
    ['reading where one writes', 'GET', '/pou/1/acme/lid-1/up', {}, 405],
    ['JSON', 'POST', '/pou/1/acme/lid-1/up', { 'content-type': 'application/json' }, 415],
    ['gzip', 'POST', '/pou/1/acme/lid-1/up', { 'content-encoding': 'gzip' }, 415],
    ['credentials of another kind', 'POST', '/pou/1/acme/lid-1/up', { authorization: 'Basic eDp5' }, 401],
  ])('%s: %s %s', async (_, method, path, headers, status) => {
    await begin();
    const response = await fetch(`http://127.0.0.1:${running.httpIngressPort}${path}`, {
      method,
      headers: { 'content-type': 'application/cbor', ...headers },
      ...(method === 'GET' ? {} : { body: lampData(0) as Uint8Array<ArrayBuffer> }),
    });
    expect(response.status).toBe(status);
    expect(running.gateway.view.counters().messages).toBe(0);
  });

  it('is told by its token: 401 without the right one, 403 when the device is revoked', async () => {
    const url = await begin({ identity: { mode: 'registry' } });
    const registry = openDeviceRegistry(running.directory, Date.now);
    const issued = registry.add({ tenant: 'acme', device: 'lid-1' });
    const token = issued.ok ? issued.token : '';
    const bearer = { authorization: `Bearer ${token}` };
    expect((await post(url, lampData(0))).status).toBe(401);
    expect((await post(url, lampData(0), { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post(url.replace('lid-1', 'lid-2'), lampData(0), bearer)).status).toBe(401);
    expect((await post(url, lampData(0), bearer)).status).toBe(200);
    registry.revoke({ tenant: 'acme', device: 'lid-1' });
    registry.close();
    expect((await post(url, lampData(1), bearer)).status).toBe(403);
    expect(running.gateway.view.counters().messages).toBe(1);
  });

  it('is too large, by its head or on the way', async () => {
    const url = await begin({ http: { port: 0, maxBodyBytes: 1_024 } });
    expect((await post(url, new Uint8Array(2_000))).status).toBe(413);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(600));
      },
    });
    const chunked = await fetch(`${url}/up`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/cbor' },
    } as RequestInit).catch((error: unknown) => error);
    // The client may still be writing when the answer comes and the connection ends.
    expect(chunked instanceof Response ? chunked.status : 'ended').toSatisfy(
      (what) => what === 413 || what === 'ended',
    );
    expect(running.gateway.view.counters().messagesRefused).toMatchObject({ size: 1 });
  });

  it('comes too fast: 429 and when to come again', async () => {
    const pace = { messagesPerSecond: 1, burstMessages: 2 };
    const url = await begin({ guard: { device: pace } });
    const statuses: number[] = [];
    for (let seq = 0; seq < 4; seq += 1) {
      const response = await post(url, lampData(seq));
      statuses.push(response.status);
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses).toContain(429);
    expect(statuses[0]).toBe(200);
  });

  it('meets a gateway that stores nothing: 503 with Retry-After, and stored when it comes again', async () => {
    const store = memorySpool();
    const url = await begin({ path: { highWaterBytes: 150 } }, { store });
    store.failWith({ code: 'SPOOL_DISK_FULL', message: 'full' });
    const waiting = post(url, lampData(0));
    await eventually(() => running.gateway.view.gauges().paused, 'the pressure');
    const busy = await post(url, lampData(1));
    expect([busy.status, Number(busy.headers.get('retry-after'))]).toEqual([503, 2]);
    store.failWith(null);
    expect((await waiting).status).toBe(200);
    expect((await post(url, lampData(1))).status).toBe(200);
  });
});

/** Bytes by hand, and what comes back. */
function raw(...chunks: string[]): { socket: Socket; text(): string; closed(): boolean } {
  const socket = connect({ port: running.httpIngressPort, host: '127.0.0.1' });
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => {});
  for (const chunk of chunks) socket.write(chunk);
  return { socket, text: () => text, closed: () => closed };
}

describe('misbehaviour over HTTP', () => {
  it.each([
    ['what is no HTTP', '\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00', /^HTTP\/1.1 400/],
    ['a head without an end', `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}`, /^HTTP\/1.1 431/],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      /^HTTP\/1.1 400/,
    ],
    [
      'a length and chunks: a request within a request',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400/,
    ],
  ])('%s ends its connection and nothing else', async (_, bytes, answer) => {
    const url = await begin();
    const client = raw(bytes);
    await eventually(client.closed, 'the end');
    expect(client.text()).toMatch(answer);
    expect((await post(url, lampData(0))).status).toBe(200);
  });

  it('a request that drips is ended in its time, head or body', async () => {
    const url = await begin({ guard: { packetTimeoutMs: 300 }, mqtt: { port: 0, connectTimeoutMs: 300 } });
    const head = 'POST /pou/1/acme/lid-1/up HTTP/1.1\r\nhost: a\r\ncontent-type: application/cbor\r\n';
    const clients = [raw('POST /pou'), raw(`${head}content-length: 100\r\n\r\n`, 'a')];
    for (const client of clients) {
      await eventually(client.closed, 'the end', 20_000);
      expect(client.text()).toMatch(/^HTTP\/1.1 408/);
    }
    expect((await post(url, lampData(0))).status).toBe(200);
  });

  it('a connection too many is ended at once', async () => {
    const url = await begin({ http: { port: 0, maxConnections: 3 } });
    const idle = [raw(), raw(), raw()];
    await eventually(() => idle.every(({ socket }) => !socket.connecting), 'three connections');
    const late = raw();
    await eventually(late.closed, 'the end of the fourth');
    expect(running.gateway.view.counters().refused).toMatchObject({ 'max-connections': 1 });
    for (const { socket } of idle) socket.destroy();
    await expect
      .poll(() =>
        post(url, lampData(0)).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('a page of an origin that is not allowed may not post', async () => {
    const url = await begin({ http: { port: 0, allowOrigins: ['https://app.example.com'] } });
    const ask = (origin: string) => fetch(`${url}/up`, { method: 'OPTIONS', headers: { origin } });
    expect((await ask('https://evil.example.com')).status).toBe(403);
    const allowed = await ask('https://app.example.com');
    expect([allowed.status, allowed.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'Authorization, Content-Type',
    ]);
    const posted = await post(url, lampData(0), { origin: 'https://app.example.com' });
    expect([posted.status, posted.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'https://app.example.com',
    ]);
  });
});

describe('the door for HTTP', () => {
  it.each([
    [{ host: '0.0.0.0' }, /^HTTP without TLS shows tokens/],
    [{ host: '0.0.0.0', cert: 'c.pem', key: 'k.pem' }, /^identity mode 'development' trusts every client/],
    [{ cert: 'c.pem' }, /come together/],
  ])('is not opened to the network without TLS and authentication: %j', async (http, says) => {
    await begin();
    await expect(startGateway({ http })).rejects.toThrow(says);
  });
});

const whyTls = hasOpenssl ? '' : ' (skipped: no openssl here)';

describe.skipIf(!hasOpenssl)(`HTTPS${whyTls}`, () => {
  it('is what is spoken where there is a certificate, and nothing else', async () => {
    const ca = testCa();
    const { certFile: cert, keyFile: key } = ca.issue('gateway', { cn: 'localhost', san: 'IP:127.0.0.1' });
    await begin({ http: { port: 0, cert, key } });
    const port = running.httpIngressPort;
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/cbor' };
      const at = {
        host: '127.0.0.1',
        port,
        path: '/pou/1/acme/lid-1/up',
        method: 'POST',
        headers,
        ca: ca.ca,
      };
      const asked = request({ ...at, agent: false }, (response) => resolve(response.statusCode));
      asked.once('error', reject);
      asked.end(lampData(0));
    });
    expect(status).toBe(200);
    const plain = raw('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await eventually(plain.closed, 'the end of plain HTTP');
    expect(plain.text()).not.toMatch(/^HTTP/);
    expect(running.gateway.view.counters()).toMatchObject({ messages: 1, refused: { 'tls-handshake': 1 } });
    ca.remove();
  });
});
