import { eventually, lampData, lampHello } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket } from '../support/raw-mqtt.ts';
import { startWired, tokens, type WiredGateway, WireEnd } from '../support/wired-gateway.ts';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type BytesTarget, bytesTarget, hold } from './target.ts';

const PAGES = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/version',
  '/api/status',
  '/api/devices',
  '/api/records',
  '/api/quarantine',
  '/',
  '//',
  '/api',
  '/api/nothing',
  '*',
];
const PARTS = [
  'after=',
  'limit=',
  'tenant=',
  'device=',
  'reason=',
  'beforeId=',
  '&',
  '=',
  '?',
  '#',
  '%',
  '%00',
  '%ff',
  '%zz',
  '%2e%2e/',
  '../',
  '[]',
  '[a]=',
  '__proto__=',
  'constructor=',
  '0',
  '-1',
  '1e9',
  '9007199254740993',
  '99999',
  'NaN',
  'end',
  "' OR 1=1--",
  't',
  'good',
  ';',
  '\u00fc',
];
const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
  'QUERY',
  'G\u0000T',
];
const HEADERS = [
  'Content-Type: application/json',
  'Content-Type: text/plain',
  'Content-Type: a/b; c',
  'Content-Type:',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Connection: close',
  'Connection: upgrade',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'Expect: x',
  'Accept-Version: 1.x',
  'Host: other',
  'X-Http-Method-Override: DELETE',
  `X: ${'x'.repeat(20_000)}`,
  'Range: bytes=0-',
  'If-None-Match: *',
];
const BODIES = ['', '{}', '{"a":', '[]', '5\r\nhello\r\n0\r\n\r\n', 'fffffffff\r\n', '{"__proto__":{"x":1}}'];
/** All records and all of the quarantine that there are here come to less. */
const MAX_ANSWER_BYTES = 1_000_000;

/** Bytes of HTTP into the admin pages of a whole gateway, which has records and refused messages to show. */
export async function adminTarget(): Promise<BytesTarget> {
  const wired = await startWired();
  await fill(wired);
  return bytesTarget({
    make: requestBytes,
    async take(bytes, count) {
      const wire = new HttpEnd();
      wired.openHttp(wire);
      wire.give(bytes);
      // Answers are made within a few turns: no page waits for anything but the store.
      for (let i = 0; i < 8 && !wire.destroyed; i += 1) await turn();
      for (const status of wire.statuses()) {
        count(`status ${status}`);
        hold(status < 500 || status === 505, `answered ${status}: ${wire.text().slice(-300)}`);
      }
      hold(wire.text().length < MAX_ANSWER_BYTES, `an answer of ${wire.text().length} bytes`);
      if (wire.statuses().length === 0) count(wire.destroyed ? 'closed' : 'waiting for more');
      wire.destroy();
      await isHealthy(wired);
    },
    close: () => wired.stop(),
  });
}

class HttpEnd extends WireEnd {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  statuses(): number[] {
    return [...this.text().matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
  }
}

async function fill(wired: WiredGateway): Promise<void> {
  const wire = wired.open();
  wire.give(connectPacket('t.good', { password: tokens.good }));
  await eventually(() => wire.accepted, 'the CONNACK');
  const up = 'pou/1/t/good/up';
  wire.give(publishPacket(up, lampHello(0), 1));
  for (let seq = 0; seq < 40; seq += 1) wire.give(publishPacket(up, lampData(seq), 2 + seq));
  for (let i = 0; i < 5; i += 1) wire.give(publishPacket(up, Buffer.from([0xff, i]), 100 + i));
  await eventually(() => wire.pubacks.length === 46, 'the acknowledgements');
  wire.destroy();
}

async function isHealthy(wired: WiredGateway): Promise<void> {
  const wire = new HttpEnd();
  wired.openHttp(wire);
  wire.give(Buffer.from('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
  await eventually(() => wire.statuses().length > 0, 'an answer of /healthz', 5_000);
  hold(wire.statuses()[0] === 200, 'healthy after it');
  wire.destroy();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function requestBytes(random: FuzzRandom): Uint8Array {
  const requests = Array.from({ length: 1 + random.below(3) }, () => request(random));
  const bytes = Buffer.from(requests.join(''), 'latin1');
  return random.chance(0.3) ? mutate(random, bytes, Buffer.from(request(random), 'latin1')) : bytes;
}

function request(random: FuzzRandom): string {
  const parts = Array.from({ length: random.below(6) }, () => random.pick(PARTS)).join('');
  const query = random.chance(0.6) ? rightQuery(random) : parts;
  const path = `${random.pick(PAGES)}${query === '' ? '' : '?'}${query}`;
  const headers = Array.from({ length: random.below(4) }, () => `${random.pick(HEADERS)}\r\n`).join('');
  const version = random.chance(0.95)
    ? 'HTTP/1.1'
    : random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'RTSP/1.0']);
  const host = random.chance(0.9) ? 'Host: 127.0.0.1\r\n' : '';
  const body = random.chance(0.3) ? random.pick(BODIES) : '';
  return `${random.pick(METHODS)} ${path} ${version}\r\n${host}${headers}\r\n${body}`;
}

function rightQuery(random: FuzzRandom): string {
  const number = random.below(60);
  return random.pick([
    '',
    `after=${number}`,
    `limit=${number}`,
    `after=${number}&limit=1`,
    'after=end',
    'tenant=t',
    'device=good',
  ]);
}
