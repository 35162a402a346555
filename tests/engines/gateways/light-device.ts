import { connect, type Socket } from 'node:net';
import { decodeMessage, Kind } from '@usewire/protocol/wire';
import { lampData, lampHello, lampModelMessage } from '../../support/gateway-kit.ts';
import { connectPacket, packet, publishPacket, subscribePacket, takePacket } from '../../support/raw-mqtt.ts';

export interface LightDeviceOptions {
  port: number;
  name: string;
  startMs: number;
  /** Back after it was lost, ms since the connection broke. */
  onBack(sinceMs: number): void;
}

const WINDOW = 4;
const HELLO_ID = 1;
const MODEL_ID = 2;
/** Packet id of message n. */
const FIRST_DATA_ID = 100;
const MAX_BACKOFF_MS = 4_000;

/** A device made of bytes, so that thousands fit a test: keeps what is not acknowledged, sends it again in order, comes back with full jitter. */
export class LightDevice {
  acked = 0;
  modelRequests = 0;
  readonly heard: Buffer[] = [];
  private readonly options: LightDeviceOptions;
  private readonly messages: Buffer[] = [];
  private readonly isAcked: boolean[] = [];
  private socket: Socket | null = null;
  private pending: Buffer = Buffer.alloc(0);
  private isIn = false;
  private next = 0;
  private inFlight = 0;
  private lostAtMs: number | null = null;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(options: LightDeviceOptions) {
    this.options = options;
    this.open();
  }

  isConnected(): boolean {
    return this.isIn;
  }

  waiting(): number {
    return this.messages.length - this.acked;
  }

  /** Two records, kept until they are acknowledged. */
  record(): void {
    const uptimeMs = Date.now() - this.options.startMs;
    this.messages.push(lampData(this.messages.length, { uptimeMs }));
    this.isAcked.push(false);
    this.pump();
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket?.destroy();
  }

  private topic(leaf: string): string {
    return `pou/1/acme/${this.options.name}/${leaf}`;
  }

  private open(): void {
    const socket = connect({ port: this.options.port, host: '127.0.0.1', noDelay: true });
    this.socket = socket;
    this.pending = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('connect', () => socket.write(connectPacket(`acme.${this.options.name}`)));
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('close', () => this.lost());
  }

  private lost(): void {
    if (this.isOver) return;
    if (this.isIn) this.lostAtMs = performance.now();
    this.isIn = false;
    const most = Math.min(MAX_BACKOFF_MS, 250 * 2 ** this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => this.open(), Math.random() * most);
  }

  private take(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    for (let found = takePacket(this.pending); found !== null; found = takePacket(this.pending)) {
      this.pending = this.pending.subarray(found.length);
      this.packet(found.packet.header, found.packet.body);
    }
  }

  private packet(header: number, body: Buffer): void {
    if (header === 0x20) this.letIn(body[1]!);
    else if (header === 0x40) this.answered(body.readUInt16BE(0));
    else if (header >> 4 === 3) this.hear(header, body);
  }

  private letIn(code: number): void {
    if (code !== 0) {
      this.socket?.destroy();
      return;
    }
    const hello = lampHello(this.messages.length, { uptimeMs: Date.now() - this.options.startMs });
    this.socket?.write(subscribePacket(3, this.topic('dn')));
    this.socket?.write(publishPacket(this.topic('st'), hello, HELLO_ID));
  }

  private answered(id: number): void {
    if (id === HELLO_ID) this.introduced();
    const n = id - FIRST_DATA_ID;
    if (n < 0) return;
    this.inFlight -= 1;
    if (!this.isAcked[n]) this.acked += 1;
    this.isAcked[n] = true;
    this.pump();
  }

  private introduced(): void {
    this.isIn = true;
    this.failures = 0;
    if (this.lostAtMs !== null) this.options.onBack(performance.now() - this.lostAtMs);
    this.lostAtMs = null;
    this.next = this.isAcked.indexOf(false);
    if (this.next < 0) this.next = this.messages.length;
    this.inFlight = 0;
    this.pump();
  }

  private pump(): void {
    while (this.isIn && this.inFlight < WINDOW && this.next < this.messages.length) {
      const n = this.next;
      this.next += 1;
      if (this.isAcked[n]) continue;
      this.inFlight += 1;
      this.socket?.write(publishPacket(this.topic('up'), this.messages[n]!, FIRST_DATA_ID + n));
    }
  }

  /** QoS 1: topic, packet id, payload. */
  private hear(header: number, body: Buffer): void {
    const at = 2 + body.readUInt16BE(0);
    const qos = (header >> 1) & 3;
    if (qos === 1) this.socket?.write(packet(0x40, body.subarray(at, at + 2)));
    const payload = body.subarray(qos === 0 ? at : at + 2);
    this.heard.push(payload);
    const decoded = decodeMessage(payload);
    if (!decoded.ok || decoded.value.kind !== Kind.modelReq) return;
    this.modelRequests += 1;
    this.socket?.write(publishPacket(this.topic('up'), lampModelMessage(), MODEL_ID));
  }
}
