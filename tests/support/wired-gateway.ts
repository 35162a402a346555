import { createHash } from 'node:crypto';
import { Server as HttpServer } from 'node:http';
import { Server } from 'node:net';
import { Duplex } from 'node:stream';
import { createAdmin, createForwarders, memorySpool } from '@usewire/gateway';
import { startGateway, type TestGateway } from './gateway-kit.ts';

/** A connection that is no socket: bytes in, bytes out, no kernel in between. */
export class WireEnd extends Duplex {
  /** Packet ids of PUBACKs, in order of arrival. */
  readonly pubacks: number[] = [];
  accepted = false;
  private given = 0;

  /** Bytes from the client. */
  give(bytes: Uint8Array): void {
    if (this.destroyed || this.readableEnded) return;
    this.given += bytes.length;
    this.push(bytes);
  }

  /** Bytes that the gateway has read. */
  consumed(): number {
    return this.given - this.readableLength;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // Packets are written whole, so a chunk begins with one; these two are of four bytes.
    for (let at = 0; at + 4 <= chunk.length && (chunk[at] === 0x40 || chunk[at] === 0x20); at += 4) {
      if (chunk[at] === 0x40) this.pubacks.push(chunk.readUInt16BE(at + 2));
      else this.accepted = chunk[at + 3] === 0;
    }
    done();
  }

  readonly remoteAddress = '127.0.0.1';

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  destroySoon(): void {
    this.destroy();
  }
}

/** The two devices that the gateway knows. */
export const tokens = { good: 'token of the good one', bad: 'token of the bad one' };
const devices = Object.entries(tokens).map(([device, token]) => ({
  tenant: 't',
  device,
  tokenSha256: createHash('sha256').update(token).digest('hex'),
}));

/** What is thrown at it is to be read. */
const noLimit = { messagesPerSecond: 1e6, burstMessages: 1e6, bytesPerSecond: 2 ** 30, burstBytes: 2 ** 30 };

export interface WiredGateway {
  gateway: TestGateway['gateway'];
  open(): WireEnd;
  /** The same for the admin pages. */
  openHttp(end: Duplex): void;
  stop(): Promise<void>;
}

/** A whole gateway in this process, its store in memory, whose connections need no kernel. */
export async function startWired(): Promise<WiredGateway> {
  const forwarders = createForwarders();
  const parts = [createAdmin({ port: 0 }, forwarders), forwarders.part];
  const { servers, gateway, stop } = await capturingServers(() =>
    startGateway(
      { identity: { mode: 'tokens', devices }, guard: { device: noLimit } },
      { store: memorySpool(), parts },
    ),
  );
  const mqtt = servers.find((server) => !(server instanceof HttpServer))!;
  const http = servers.find((server) => server instanceof HttpServer)!;
  const open = () => {
    const wire = new WireEnd();
    mqtt.emit('connection', wire);
    return wire;
  };
  return { gateway, open, openHttp: (end) => void http.emit('connection', end), stop };
}

/** The listening servers are private to the gateway: those that listen while it starts are its own. */
async function capturingServers(
  start: () => Promise<TestGateway>,
): Promise<TestGateway & { servers: Server[] }> {
  const listen = Server.prototype.listen;
  const servers: Server[] = [];
  Server.prototype.listen = function capture(this: Server, ...args: never[]) {
    servers.push(this);
    return listen.apply(this, args as never);
  } as typeof listen;
  try {
    return { ...(await start()), servers };
  } finally {
    Server.prototype.listen = listen;
  }
}
