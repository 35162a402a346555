import type { Socket } from 'node:net';
import { type ConnectHead, readConnect } from './connect-packet.ts';
import { type Frame, type FrameScanner, frameScanner } from './frame-scanner.ts';

/** A connection up to the end of its CONNECT. */
export interface Opening {
  socket: Socket;
  /** Null = the broker finds out what is wrong with it, and answers. */
  head: ConnectHead | null;
  /** The CONNECT, as the broker is to see it. */
  packet: Buffer;
  /** With what came behind it. */
  scanner: FrameScanner;
  /** From now on somebody else reads the socket; it is paused. */
  release(): void;
}

export interface OpeningPorts {
  opened(opening: Opening): void;
  /** May come after `opened`, too, until the opening is released. */
  failed(reason: string): void;
}

/**
 * Nobody that is not identified makes the gateway keep more than this of a CONNECT, nor of what comes behind it: [MQTT-3.1.4-5] allows to
 * send on without waiting for the CONNACK, and does not say how much.
 */
export const MAX_BYTES_BEFORE_CONNACK = 4_096;
const CONNECT = 0x10;
const CLEAN_SESSION = 2;

/**
 * Reads as far as the CONNECT; the broker does not know of the connection until then. Reading goes on while the connection waits for its
 * turn: a paused socket takes in 64 KiB more before it stops, and does not see its own end.
 */
export function readOpening(socket: Socket, ports: OpeningPorts): void {
  const scanner = frameScanner(MAX_BYTES_BEFORE_CONNACK);
  const frame: Frame = { header: 0, start: 0, body: 0, end: 0 };
  let isOpen = false;

  function receive(chunk: Buffer): void {
    scanner.push(chunk);
    const found = isOpen ? 'frame' : scanner.next(frame);
    if (found === 'more') return;
    const opening = isOpen || found !== 'frame' ? null : openingOf(socket, scanner, frame);
    const problem = found === 'frame' ? problemOf(frame.header, opening, scanner.pending()) : found;
    if (problem !== null) fail(problem);
    else if (opening !== null) {
      isOpen = true;
      ports.opened({ ...opening, release });
    }
  }

  function release(): void {
    socket.off('data', receive);
    socket.pause();
  }

  function fail(problem: string): void {
    release();
    ports.failed(problem);
  }

  socket.on('data', receive);
}

function openingOf(socket: Socket, scanner: FrameScanner, frame: Frame): Omit<Opening, 'release'> {
  const packet = Buffer.from(scanner.bytes().subarray(frame.start, frame.end));
  const body = packet.subarray(frame.body - frame.start);
  const head = readConnect(body);
  if (head !== null) {
    // The guard keeps the keep-alive: the broker does not see the telemetry that proves life.
    body.writeUInt16BE(0, head.keepAliveAt);
    // A session that outlived its connection would hold messages for a device that may never come again.
    body.writeUInt8(head.flags | CLEAN_SESSION, head.flagsAt);
  }
  return { socket, head, packet, scanner };
}

function problemOf(
  header: number,
  opening: Pick<Opening, 'head'> | null,
  bytesBehind: number,
): string | null {
  if (header !== CONNECT) return 'not-connect';
  if (opening?.head?.flagsOk === false) return 'malformed-connect';
  return bytesBehind > MAX_BYTES_BEFORE_CONNACK ? 'early-data' : null;
}
