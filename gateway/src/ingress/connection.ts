import type { Socket } from 'node:net';
import type { Link } from '@usewire/protocol/seal';
import { topicFor } from '@usewire/protocol/wire';
import type { DeviceEntry } from '../domain/device-entry.ts';
import type { AckTarget } from '../domain/ports.ts';
import { type ConnectHead, readConnect } from './connect-packet.ts';
import { type Frame, frameScanner } from './frame-scanner.ts';
import { GuardStream } from './guard-stream.ts';
import { hopOf } from './hop.ts';
import type { CertificateClaim } from './identity.ts';

export interface ConnectionOptions {
  maxPacketBytes: number;
  connectTimeoutMs: number;
  telemetryThroughBroker: boolean;
}

export interface ConnectionPorts {
  monotonicMs(): number;
  /** A telemetry payload of the accepted device; `target` is null for QoS 0. False = close, the device keeps its copy. */
  telemetry(connection: Connection, payload: Buffer, target: AckTarget | null, packetId: number): boolean;
  /** Calls back when what was sent to the device before is written. */
  afterSent(connection: Connection, done: () => void): void;
  /** Why the guard closed a connection. */
  refused(reason: string, connection: Connection): void;
  acked(count: number): void;
  closed(connection: Connection): void;
}

/** Before an accepted CONNECT nobody may make the gateway buffer more than this. */
const MAX_PACKET_BEFORE_CONNACK = 4_096;
/** Acks that a client does not read: beyond this the guard stops reading from it. */
const MAX_UNREAD_ACK_BYTES = 262_144;
/** How long the broker may take to finish with what a closed socket has sent. */
const LINGER_MS = 5_000;

/** leaving: it is closed as soon as what was sent to it is written. */
type Phase = 'connect' | 'handshake' | 'open' | 'leaving' | 'closed';

/**
 * One client connection, in front of the broker. It sees every frame: takes telemetry of the accepted device out of the stream and answers
 * it itself, leaves all else to the broker, and owns size limits, keep-alive, connect timeout and back-pressure for both.
 */
export class Connection implements AckTarget {
  readonly stream: GuardStream;
  /** Who it is; set when the CONNECT is accepted. */
  device: DeviceEntry | null = null;
  connect: ConnectHead | null = null;
  /** What it came in with; see `CredentialBook.stillHolds`. */
  credential = '';
  readonly certificate: CertificateClaim;
  readonly hop: Link;
  private readonly socket: Socket;
  private readonly options: ConnectionOptions;
  private readonly ports: ConnectionPorts;
  private readonly scanner = frameScanner(MAX_PACKET_BEFORE_CONNACK);
  private readonly frame: Frame = { header: 0, start: 0, body: 0, end: 0 };
  private phase: Phase = 'connect';
  private ownTopic: Buffer = Buffer.alloc(0);
  private acks: number[] = [];
  private since: number;
  /** When the CONNECT had come: the device is let in after it. */
  private connectedAt = Number.NaN;
  private held = { pressure: false, broker: false, handshake: false, unread: false };

  constructor(
    socket: Socket,
    certificate: CertificateClaim,
    options: ConnectionOptions,
    ports: ConnectionPorts,
  ) {
    this.socket = socket;
    this.certificate = certificate;
    this.hop = hopOf(socket, certificate);
    this.options = options;
    this.ports = ports;
    this.since = ports.monotonicMs();
    this.stream = new GuardStream(socket, () => this.hold('broker', false));
    this.stream.on('close', () => this.end());
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.stream.push(null));
    socket.on('error', () => {});
    socket.on('close', () => this.end());
  }

  /** The broker has accepted the CONNECT: frames up to the configured size, telemetry from now on. */
  accepted(device: DeviceEntry): void {
    if (this.phase !== 'handshake') return;
    this.ownTopic = Buffer.from(topicFor(device.tenant, device.device, 'up'));
    this.phase = 'open';
    this.since = this.ports.monotonicMs();
    this.scanner.limit(this.options.maxPacketBytes);
    this.scan();
    this.hold('handshake', false);
  }

  /** Stops or resumes reading, for all connections at once, by the bytes that wait for a commit. */
  setPressure(on: boolean): void {
    this.hold('pressure', on);
  }

  /** ms since the CONNECT. */
  ageMs(): number {
    return this.ports.monotonicMs() - this.connectedAt;
  }

  isOpen(): boolean {
    return this.phase === 'open';
  }

  /** Called about once a second. */
  sweep(nowMs: number): void {
    const idleMs = nowMs - this.since;
    if (this.phase === 'closed') {
      if (idleMs > LINGER_MS) this.stream.destroy();
    } else if (this.phase !== 'open') {
      if (idleMs > this.options.connectTimeoutMs) this.close('connect-timeout');
    } else if (this.isReading() && this.connect!.keepAliveS > 0) {
      // [MQTT-3.1.2-24]: one and a half times the keep-alive.
      if (idleMs > this.connect!.keepAliveS * 1_500) this.close('keep-alive');
    }
  }

  ack(packetId: number): void {
    this.acks.push(packetId);
  }

  flush(): void {
    const count = this.acks.length;
    if (count === 0) return;
    const bytes = Buffer.allocUnsafe(count * 4);
    for (let i = 0; i < count; i += 1) {
      // PUBACK, remaining length 2, packet id.
      bytes.writeUInt32BE(0x40020000 + this.acks[i]!, i * 4);
    }
    this.acks = [];
    if (this.socket.destroyed) return;
    this.ports.acked(count);
    if (!this.socket.write(bytes) && this.socket.writableLength > MAX_UNREAD_ACK_BYTES) this.waitForReader();
  }

  close(reason: string): void {
    if (this.phase === 'closed') return;
    this.ports.refused(reason, this);
    this.stream.destroy();
  }

  destroy(): void {
    this.stream.destroy();
  }

  private receive(chunk: Buffer): void {
    this.scanner.push(chunk);
    this.scan();
  }

  private scan(): void {
    const { frame, scanner } = this;
    while (this.phase === 'connect' || this.phase === 'open') {
      const found = scanner.next(frame);
      if (found === 'more') return;
      if (found !== 'frame') {
        this.close(found);
        return;
      }
      if (this.phase === 'open') this.takeFrame();
      else this.takeConnect();
    }
    // Frames behind a CONNECT wait until it is accepted; [MQTT-3.1.4-5] allows to send them.
    if (this.phase === 'handshake') this.hold('handshake', true);
  }

  private takeConnect(): void {
    const { header, start, body, end } = this.frame;
    const bytes = this.scanner.bytes();
    const head = header === 0x10 ? readConnect(bytes.subarray(body, end)) : null;
    if (head !== null && !head.flagsOk) {
      this.close('malformed-connect');
      return;
    }
    this.phase = 'handshake';
    this.connectedAt = this.ports.monotonicMs();
    this.connect = head;
    const packet = Buffer.from(bytes.subarray(start, end));
    // The guard keeps the keep-alive: the broker does not see the telemetry that proves life.
    if (head !== null) packet.writeUInt16BE(0, body - start + head.keepAliveAt);
    this.toBroker(packet);
  }

  private takeFrame(): void {
    this.since = this.ports.monotonicMs();
    const { header, start, end } = this.frame;
    if (header >> 4 === 3 && !this.options.telemetryThroughBroker) {
      const qos = (header >> 1) & 3;
      if (qos < 2 && this.isOwnTopic()) {
        this.takeTelemetry(qos);
        return;
      }
    }
    this.toBroker(this.scanner.bytes().subarray(start, end));
  }

  private isOwnTopic(): boolean {
    const { body, end } = this.frame;
    const bytes = this.scanner.bytes();
    const own = this.ownTopic;
    const from = body + 2;
    if (from + own.length > end) return false;
    if (bytes[body] !== own.length >> 8 || bytes[body + 1] !== (own.length & 255)) return false;
    // From the end: topics of a fleet differ in the device, which stands there.
    for (let i = own.length - 1; i >= 0; i -= 1) {
      if (bytes[from + i] !== own[i]) return false;
    }
    return true;
  }

  private takeTelemetry(qos: number): void {
    const bytes = this.scanner.bytes();
    const idAt = this.frame.body + 2 + this.ownTopic.length;
    const payloadAt = qos === 0 ? idAt : idAt + 2;
    const packetId = qos === 0 || payloadAt > this.frame.end ? 0 : bytes.readUInt16BE(idAt);
    // [MQTT-2.3.1-1]: a packet id is not zero.
    if (qos === 1 && packetId === 0) {
      this.close('malformed-publish');
      return;
    }
    const payload = bytes.subarray(payloadAt, this.frame.end);
    if (!this.ports.telemetry(this, payload, qos === 0 ? null : this, packetId)) this.leave();
  }

  /** Nothing more is taken from it; an answer that is under way still reaches it. */
  private leave(): void {
    this.phase = 'leaving';
    this.ports.afterSent(this, () => this.stream.destroy());
  }

  private toBroker(bytes: Buffer): void {
    if (!this.stream.push(bytes)) this.hold('broker', true);
  }

  private waitForReader(): void {
    this.hold('unread', true);
    this.socket.once('drain', () => this.hold('unread', false));
  }

  private isReading(): boolean {
    const { pressure, broker, handshake, unread } = this.held;
    return !(pressure || broker || handshake || unread);
  }

  private hold(cause: keyof Connection['held'], on: boolean): void {
    if (this.held[cause] === on) return;
    this.held[cause] = on;
    if (this.socket.destroyed) return;
    if (this.isReading()) {
      // What stood still was not the client's fault.
      this.since = this.ports.monotonicMs();
      this.socket.resume();
    } else this.socket.pause();
  }

  private end(): void {
    if (this.phase !== 'closed') {
      this.phase = 'closed';
      this.since = this.ports.monotonicMs();
      this.stream.push(null);
    }
    if (this.stream.destroyed) this.ports.closed(this);
  }
}
