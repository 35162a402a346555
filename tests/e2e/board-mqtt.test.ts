import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardTransport } from '@usewire/device-sdk/board';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { boardMqtt, byteSocket } from '../support/board-vm.ts';
import { eventually } from '../support/gateway-kit.ts';

/** The board's MQTT client, out of its file, against brokers that are broken, and against Mosquitto. */
const connack = (code: number) => Buffer.from([0x20, 2, 0, code]);
const suback = Buffer.from([0x90, 3, 255, 255, 1]);
const all256 = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));

interface Seen {
  opens: number;
  closes: string[];
  acks: number[];
  messages: string[];
}

function open(transport: BoardTransport, will = 'bye'): Seen {
  const seen: Seen = { opens: 0, closes: [], acks: [], messages: [] };
  transport.open(will, {
    onOpen: () => {
      seen.opens += 1;
    },
    onClose: ({ kind, detail }) => seen.closes.push(`${kind}: ${detail}`),
    onAck: (tag) => seen.acks.push(tag),
    onMessage: (bytes) => seen.messages.push(bytes),
  });
  return seen;
}

let server: Server | undefined;
let sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server?.close();
  server = undefined;
});

/** A server that answers each piece of bytes that comes by its number, from 0. */
async function broken(answer: (socket: Socket, piece: number, bytes: Buffer) => void): Promise<number> {
  server = createServer((socket) => {
    let piece = 0;
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      answer(socket, piece, bytes);
      piece += 1;
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const id = { host: '127.0.0.1', tenant: 'acme', device: 'b-1', token: 'secret' };
const answers =
  (...each: Buffer[]) =>
  (socket: Socket, piece: number) => {
    if (each[piece]) socket.write(each[piece]);
  };

describe('a broker', () => {
  it.each<[string, (socket: Socket, piece: number) => void, RegExp]>([
    ['that refuses the password', answers(connack(5)), /^refused: CONNACK 5$/],
    ['that is not ready', answers(connack(3)), /^unreachable: CONNACK 3$/],
    ['that drops who comes', (socket) => socket.destroy(), /^unreachable: /],
    [
      'that takes no subscription',
      answers(connack(0), Buffer.from([0x90, 3, 255, 255, 0x80])),
      /^lost: packet 144$/,
    ],
    [
      'that is a web server',
      answers(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(200))),
      /^lost: packet 72$/,
    ],
    [
      'that sends more than fits',
      answers(connack(0), Buffer.from([0x30, 0xff, 0xff, 0x7f])),
      /^lost: no MQTT$/,
    ],
    [
      'that sends a length without end',
      answers(Buffer.from([0x20, 0xff, 0xff, 0xff, 0xff])),
      /^lost: no MQTT$/,
    ],
  ])('%s is told once, and the client ends the connection', async (_what, answer, problem) => {
    const transport = await boardMqtt({ ...id, port: await broken(answer) });
    const seen = open(transport);
    await eventually(() => seen.closes.length > 0, 'the end');
    expect(seen.closes).toEqual([expect.stringMatching(problem)]);
    expect(seen.opens).toBe(0);
    expect(transport.send(1, 'up', 'x', false)).toBe(false);
    await eventually(
      () => sockets.every((socket) => socket.destroyed || socket.readableEnded),
      'the connection to end',
    );
  });

  it('may cut its packets wherever it wants, and put several into one', async () => {
    const publish = Buffer.concat([
      Buffer.from([0x32, 0x8e, 2, 0, 10]),
      Buffer.from('0123456789'),
      Buffer.from([0, 7]),
      Buffer.from(all256, 'latin1'),
    ]);
    const port = await broken((socket, piece) => {
      const parts = [connack(0), Buffer.concat([suback, publish, Buffer.from([0x40, 2, 0, 9])])];
      // A write a byte: what arrives together is up to the system, so every cut is met some time.
      for (const byte of parts[piece] ?? []) socket.write(Buffer.from([byte]));
    });
    const transport = await boardMqtt({ ...id, port });
    const seen = open(transport);
    await eventually(() => seen.acks.length > 0, 'all of it');
    expect(seen).toEqual({ opens: 1, closes: [], acks: [9], messages: [all256] });
    transport.close();
  });

  it('that gets silent is found out by the second ping', async () => {
    const runs: (() => void)[] = [];
    const firmware = { setInterval: (run: () => void) => runs.push(run), clearInterval: () => undefined };
    const port = await broken(answers(connack(0), suback));
    const transport = await boardMqtt({ ...id, port }, firmware);
    const seen = open(transport);
    await eventually(() => seen.opens === 1, 'the link');
    runs[0]!();
    expect(seen.closes).toEqual([]);
    runs[0]!();
    expect(seen.closes).toEqual(['lost: no answer to a ping']);
  });

  it('sees who comes, the will, and which message was sent before', async () => {
    const pieces: Buffer[] = [];
    const port = await broken((socket, piece, bytes) => {
      pieces.push(bytes);
      answers(connack(0), suback)(socket, piece);
    });
    const transport = await boardMqtt({ ...id, port, keepAliveSeconds: 300 });
    const seen = open(transport, '\x00\xff');
    await eventually(() => seen.opens === 1, 'the link');
    transport.send(258, 'up', '\xfe', true);
    await eventually(() => pieces.length === 3, 'the message');
    const packet = (first: string, body: string) => `${first}${String.fromCharCode(body.length)}${body}`;
    const who = '\x00\x08acme.b-1';
    const will = '\x00\x11pou/1/acme/b-1/st\x00\x02\x00\xff';
    expect(pieces.map((piece) => piece.toString('latin1'))).toEqual([
      packet('\x10', `\x00\x04MQTT\x04\xee\x01\x2c${who}${will}${who}\x00\x06secret`),
      packet('\x82', '\xff\xff\x00\x11pou/1/acme/b-1/dn\x01'),
      packet('\x3a', '\x00\x11pou/1/acme/b-1/up\x01\x02\xfe'),
    ]);
    transport.close();
  });

  it('that cannot be asked for a socket is unreachable', async () => {
    const connect = () => {
      throw new Error('Unable to create socket');
    };
    const seen = open(await boardMqtt({ ...id, connect }));
    expect(seen.closes).toEqual(['unreachable: Error: Unable to create socket']);
  });
});

const hasMosquitto = spawnSync('mosquitto', ['-h']).error === undefined;

describe.skipIf(!hasMosquitto)('Mosquitto (needs `mosquitto`)', () => {
  async function mosquitto(work: (port: number) => Promise<void>): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), 'usewire-mosquitto-'));
    const port = await broken(() => undefined);
    await new Promise((resolve) => server!.close(resolve));
    writeFileSync(join(dir, 'passwd'), 'acme.b-1:secret\nwatch:w\n', { mode: 0o600 });
    spawnSync('mosquitto_passwd', ['-U', join(dir, 'passwd')]);
    const config = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${join(dir, 'passwd')}`,
      'user root',
    ];
    writeFileSync(join(dir, 'conf'), `${config.join('\n')}\n`);
    const child = spawn('mosquitto', ['-c', join(dir, 'conf')], { stdio: 'ignore' });
    try {
      await work(port);
    } finally {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    }
  }

  it('takes every byte once, knows a wrong password, and says the will of who vanishes', async () => {
    await mosquitto(async (port) => {
      const got: string[] = [];
      const watch = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        username: 'watch',
        password: 'w',
        reconnectPeriod: 20,
      });
      watch.on('message', (topic, payload) =>
        got.push(`${topic.split('/')[4]} ${payload.toString('latin1')}`),
      );
      await watch.subscribeAsync('pou/#', { qos: 1 });

      const wrong = open(await boardMqtt({ ...id, port, token: 'wrong' }));
      await eventually(() => wrong.closes.length > 0, 'the refusal');
      expect(wrong.closes[0]).toMatch(/^refused: CONNACK [45]$/);

      let end = (): void => undefined;
      const connect = (options: { host: string; port: number }, connected: () => void) => {
        const socket = byteSocket(options, connected);
        end = socket.end;
        return socket;
      };
      const transport = await boardMqtt({ ...id, port, connect });
      const seen = open(transport, 'gone');
      await eventually(() => seen.opens === 1, 'the link');
      transport.send(1, 'up', all256, false);
      transport.send(2, 'up', all256.repeat(12), false);
      await eventually(() => seen.acks.length === 2 && got.length === 2, 'both messages');
      await watch.publishAsync('pou/1/acme/b-1/dn', Buffer.from(all256, 'latin1'), { qos: 1 });
      await eventually(() => seen.messages.length === 1, 'the answer');
      expect(seen.messages[0]).toBe(all256);
      end();
      await eventually(() => got.some((each) => each === 'st gone'), 'the will');
      expect(got.filter((each) => each.startsWith('up'))).toEqual([
        `up ${all256}`,
        `up ${all256.repeat(12)}`,
      ]);
      await watch.endAsync();
    });
  });
});
