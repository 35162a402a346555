import type { Socket } from 'node:net';
import { MAX_BYTES_BEFORE_CONNACK } from './opening.ts';

export interface ClientHelloPorts {
  /** `release` gives the socket on, paused, with all that was read put back. */
  arrived(release: () => void): void;
  /** Until the socket is released. */
  failed(): void;
}

/** RFC 8446 section 5.1: type, version, length. */
const RECORD_HEAD_BYTES = 5;
const HANDSHAKE = 22;

/**
 * Reads the first record of TLS and answers nothing: whoever says nothing, or a byte now and then, costs a socket and no session. A hello
 * has a few hundred bytes; with keys that withstand quantum computers under two thousand.
 */
export function awaitClientHello(socket: Socket, ports: ClientHelloPorts): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let hasArrived = false;

  function receive(chunk: Buffer): void {
    chunks.push(chunk);
    size += chunk.length;
    const bytes = Buffer.concat(chunks);
    if (bytes[0] !== HANDSHAKE || size > MAX_BYTES_BEFORE_CONNACK) {
      socket.off('data', receive);
      ports.failed();
    } else if (!hasArrived && isWhole(bytes)) {
      hasArrived = true;
      ports.arrived(release);
    }
  }

  function release(): void {
    socket.off('data', receive);
    socket.pause();
    socket.unshift(Buffer.concat(chunks));
  }

  socket.on('data', receive);
}

function isWhole(bytes: Buffer): boolean {
  if (bytes.length < RECORD_HEAD_BYTES) return false;
  return bytes.length >= RECORD_HEAD_BYTES + bytes.readUInt16BE(3);
}
