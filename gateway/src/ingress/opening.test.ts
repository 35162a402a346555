import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { MAX_BYTES_BEFORE_CONNACK, type Opening, readOpening } from './opening.ts';

const CONNECT = generate({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: false,
  clientId: 'acme.bed-1',
  keepalive: 60,
  username: 'acme.bed-1',
  password: Buffer.from('secret'),
});
const PUBLISH = generate({ cmd: 'publish', topic: 't', payload: 'x', qos: 0, retain: false, dup: false });

/** Hands chunks to a reader, and keeps what it tells. */
function read(...chunks: Buffer[]) {
  let paused = 0;
  const socket = Object.assign(new EventEmitter(), { pause: () => (paused += 1) }) as unknown as Socket;
  const told: { openings: Opening[]; problems: string[] } = { openings: [], problems: [] };
  readOpening(socket, {
    opened: (opening) => told.openings.push(opening),
    failed: (problem) => told.problems.push(problem),
  });
  for (const chunk of chunks) socket.emit('data', Buffer.from(chunk));
  return { ...told, paused: () => paused, socket };
}

describe('the beginning of a connection', () => {
  it('is its CONNECT, however its bytes come, without a session and a keep-alive for the broker', () => {
    for (const chunks of [[CONNECT], [...CONNECT].map((byte) => Buffer.of(byte))]) {
      const { openings, problems } = read(...chunks);
      expect(problems).toEqual([]);
      expect(openings).toHaveLength(1);
      const { head, packet } = openings[0]!;
      expect(head).toMatchObject({ clientId: 'acme.bed-1' });
      expect(packet.readUInt8(head!.flagsAt + 2) & 2).toBe(2);
      expect(packet.readUInt16BE(head!.keepAliveAt + 2)).toBe(0);
    }
  });

  it('is told once; what came behind it stays with the scanner, up to a limit', () => {
    const { openings, problems } = read(Buffer.concat([CONNECT, PUBLISH]), PUBLISH);
    expect(openings).toHaveLength(1);
    expect(problems).toEqual([]);
    expect(openings[0]!.scanner.pending()).toBe(2 * PUBLISH.length);
  });

  it.each<[string, Buffer[]]>([
    ['not-connect', [PUBLISH]],
    ['packet-too-large', [Buffer.of(0x10, 0xff, 0xff, 0x7f)]],
    ['bad-length', [Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff, 0x7f)]],
    ['early-data', [CONNECT, Buffer.alloc(MAX_BYTES_BEFORE_CONNACK + 1)]],
  ])('is refused as %s, and then nobody reads it', (reason, chunks) => {
    const { problems, paused, socket } = read(...chunks);
    expect(problems).toEqual([reason]);
    expect(paused()).toBe(1);
    expect(socket.listenerCount('data')).toBe(0);
  });

  it('is given over: from then on it does not listen', () => {
    const { openings, problems, socket } = read(CONNECT);
    openings[0]!.release();
    socket.emit('data', Buffer.alloc(2 * MAX_BYTES_BEFORE_CONNACK));
    expect(problems).toEqual([]);
  });
});
