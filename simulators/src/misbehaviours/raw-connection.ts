import { connect as open, type Socket } from 'node:net';
import { type CodeName, codeName, decodeMessage, Kind } from '@usewire/protocol/wire';

/** What a gateway said on one connection. */
export interface Heard {
  connack: number | null;
  subacks: { id: number; codes: number[] }[];
  /** Packet ids of PUBACKs in order of arrival. */
  pubacks: number[];
  nacks: CodeName[];
  closed: boolean;
}

/** A client made of bytes, which checks nothing of what it sends. */
export interface RawConnection {
  heard: Heard;
  send(bytes: Uint8Array): void;
  reset(): void;
  end(): void;
  /** Resolves with true when the condition holds, false when the time is over. */
  until(holds: (heard: Heard) => boolean, withinMs: number): Promise<boolean>;
}

export function rawConnection(host: string, port: number): RawConnection {
  const heard: Heard = { connack: null, subacks: [], pubacks: [], nacks: [], closed: false };
  const socket: Socket = open({ host, port, noDelay: true });
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const look of watchers) look();
  };
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let taken = take(rest); taken !== null; taken = take(rest)) {
      hear(heard, taken.header, taken.body);
      rest = rest.subarray(taken.length);
    }
    changed();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    heard.closed = true;
    changed();
  });
  return {
    heard,
    send: (bytes) => void (socket.destroyed || socket.write(bytes)),
    reset: () => void socket.resetAndDestroy(),
    end: () => void socket.destroy(),
    until: (holds, withinMs) => waitFor(() => holds(heard), watchers, withinMs),
  };
}

function waitFor(holds: () => boolean, watchers: Set<() => void>, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      watchers.delete(look);
      resolve(answer);
    };
    const timer = setTimeout(() => finish(holds()), withinMs);
    const look = (): void => {
      if (holds()) finish(true);
    };
    watchers.add(look);
    look();
  });
}

function hear(heard: Heard, header: number, body: Buffer): void {
  const type = header >> 4;
  if (type === 2) heard.connack = body[1] ?? null;
  else if (type === 4) heard.pubacks.push(body.readUInt16BE(0));
  else if (type === 9) heard.subacks.push({ id: body.readUInt16BE(0), codes: [...body.subarray(2)] });
  else if (type === 3) hearCommand(heard, header, body);
}

function hearCommand(heard: Heard, header: number, body: Buffer): void {
  const payloadAt = 2 + body.readUInt16BE(0) + ((header & 6) === 0 ? 0 : 2);
  const message = decodeMessage(body.subarray(payloadAt));
  if (!message.ok || message.value.kind !== Kind.nack) return;
  const name = codeName(message.value.code);
  if (name !== 'unknown') heard.nacks.push(name);
}

function take(bytes: Buffer): { header: number; body: Buffer; length: number } | null {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    at += 1;
    length += (byte & 127) << shift;
    if (byte < 128) break;
  }
  const end = at + length;
  return end > bytes.length ? null : { header: bytes[0]!, body: bytes.subarray(at, end), length: end };
}
