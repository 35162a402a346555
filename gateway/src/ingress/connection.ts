import type { Socket } from 'node:net';
import type { Link } from '@usewire/protocol/seal';
import { topicFor } from '@usewire/protocol/wire';
import type { DeviceEntry } from '../domain/device-entry.ts';
import type { AckTarget } from '../domain/ports.ts';
import type { ConnectHead } from './connect-packet.ts';
import type { ConnectionOptions, ConnectionPorts } from './connection-types.ts';
import { costAtBroker, type DevicePace, NONSENSE_COST } from './device-pace.ts';
import type { Frame, FrameScanner } from './frame-scanner.ts';
import { GuardStream } from './guard-stream.ts';
import { hopOf } from './hop.ts';
import type { CertificateClaim } from './identity.ts';
import type { Opening } from './opening.ts';
import { isOwnTelemetry } from './own-topic.ts';
import { Reading } from './reading.ts';

/** Acks that a client does not read: beyond this the guard stops reading from it. */
const MAX_UNREAD_ACK_BYTES = 262_144;
/** How long the broker may take to finish with what a closed socket has sent. */
const LINGER_MS = 5_000;
/** A device without a keep-alive is asked by TCP whether it is still there: seldom, since radios pay for it. */
const TCP_KEEP_ALIVE_MS = 600_000;

/** Type of a packet, MQTT 3.1.1 section 2.2.1. */
const PUBLISH = 3;

/** leaving: it is closed as soon as what was sent to it is written. */
type Phase = 'handshake' | 'open' | 'leaving' | 'closed';

/**
 * One client connection from its CONNECT on, in front of the broker. It sees every frame: takes telemetry of the accepted device out of the
 * stream and answers it itself, leaves all else to the broker, and owns size limits, pace, keep-alive and back-pressure for both.
 */
export class Connection implements AckTarget {
  readonly stream: GuardStream;
  /** Who it is; set when the CONNECT is accepted. */
  device: DeviceEntry | null = null;
  readonly connect: ConnectHead | null;
  /** What it came in with; see `CredentialBook.stillHolds`. */
  credential = '';
  readonly certificate: CertificateClaim;
  readonly hop: Link;
  private readonly socket: Socket;
  private readonly options: ConnectionOptions;
  private readonly ports: ConnectionPorts<Connection>;
  private readonly scanner: FrameScanner;
  private readonly reading: Reading;
  private readonly frame: Frame = { header: 0, start: 0, body: 0, end: 0 };
  private phase: Phase = 'handshake';
  private ownTopic: Buffer = Buffer.alloc(0);
  private pace: DevicePace | null = null;
  private acks: number[] = [];
  /** Of the last whole packet, or of when it could be read again. */
  private since: number;
  /** When its CONNECT was taken up: the device is let in after it. */
  private readonly connectedAt: number;
  private waitingBytes = 0;
  private waitingSince = 0;

  constructor(
    opening: Opening,
    certificate: CertificateClaim,
    options: ConnectionOptions,
    ports: ConnectionPorts<Connection>,
  ) {
    const { socket } = opening;
    this.socket = socket;
    this.connect = opening.head;
    this.scanner = opening.scanner;
    this.certificate = certificate;
    this.hop = hopOf(socket, certificate);
    this.options = options;
    this.ports = ports;
    this.since = ports.monotonicMs();
    this.connectedAt = this.since;
    this.reading = new Reading(socket, { after: ports.after, resumed: () => this.resumed() });
    // Frames behind a CONNECT wait until it is accepted; [MQTT-3.1.4-5] allows to send them.
    this.reading.hold('handshake', true);
    this.stream = new GuardStream(socket, () => this.reading.hold('broker', false));
    this.stream.on('close', () => this.end());
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.scanner.push(chunk);
      this.scan();
    });
    socket.on('end', () => this.stream.push(null));
    socket.on('close', () => this.end());
    opening.release();
    this.toBroker(opening.packet);
  }

  /** The broker has accepted the CONNECT: frames up to the configured size, telemetry from now on. */
  accepted(device: DeviceEntry, pace: DevicePace): void {
    if (this.phase !== 'handshake') return;
    this.ownTopic = Buffer.from(topicFor(device.tenant, device.device, 'up'));
    this.phase = 'open';
    this.pace = pace;
    this.since = this.ports.monotonicMs();
    this.scanner.limit(this.options.maxPacketBytes);
    if (this.connect?.keepAliveS === 0) this.socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    this.reading.hold('handshake', false);
  }

  /** Stops or resumes reading, for all connections at once, by the bytes that wait for a commit. */
  setPressure(on: boolean): void {
    this.reading.hold('pressure', on);
  }

  /** Where it comes from, for people. */
  via(): string {
    const { remoteAddress = 'unknown', remotePort = 0 } = this.socket;
    return `${'encrypted' in this.socket ? 'mqtts' : 'mqtt'} ${remoteAddress}:${remotePort}`;
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
    } else if (this.reading.isOn()) {
      const { keepAliveS } = this.connect!;
      // [MQTT-3.1.2-24]: one and a half times the keep-alive.
      if (keepAliveS > 0 && idleMs > keepAliveS * 1_500) this.close('keep-alive');
      else if (this.drippingMs(nowMs) > this.options.packetTimeoutMs) this.close('packet-timeout');
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
    if (this.phase === 'closed' || this.stream.destroyed) return;
    this.ports.refused(reason, this);
    this.stream.destroy();
  }

  destroy(): void {
    this.stream.destroy();
  }

  /** A fault in the head of a packet. What was no message is none that is missed. */
  private closeOver(fault: 'packet-too-large' | 'bad-length'): void {
    if (this.frame.header >> 4 === PUBLISH) this.ports.messageRefused(fault);
    this.close(fault);
  }

  private resumed(): void {
    // What stood still was not the client's fault.
    this.since = this.ports.monotonicMs();
    this.scan();
  }

  private scan(): void {
    const { frame, scanner, stream, reading } = this;
    while (this.phase === 'open' && !stream.destroyed && !reading.isHeldBy('pace')) {
      const found = scanner.next(frame);
      if (found === 'more') break;
      if (found === 'frame') this.takeFrame();
      else this.closeOver(found);
    }
    this.tellWaiting();
  }

  /** Bytes that come one by one keep a packet in memory for as long as somebody likes. */
  private drippingMs(nowMs: number): number {
    return this.waitingBytes === 0 ? 0 : nowMs - Math.max(this.waitingSince, this.since);
  }

  private tellWaiting(): void {
    const bytes = this.phase === 'closed' ? 0 : this.scanner.pending();
    if (bytes === this.waitingBytes) return;
    if (this.waitingBytes === 0) this.waitingSince = this.ports.monotonicMs();
    this.waitingBytes = bytes;
    this.ports.waiting(this, bytes);
  }

  private takeFrame(): void {
    const nowMs = this.ports.monotonicMs();
    this.since = nowMs;
    const { header, start, end } = this.frame;
    const size = end - start;
    const bytes = this.scanner.bytes();
    if (!this.options.telemetryThroughBroker && isOwnTelemetry(this.ownTopic, bytes, this.frame)) {
      this.takeTelemetry((header >> 1) & 3);
      this.keepPace(1, size, nowMs);
    } else {
      this.toBroker(bytes.subarray(start, end));
      this.keepPace(costAtBroker(header, size), size, nowMs);
    }
  }

  /** A device is never closed for what it says; who talks much nonsense is heard less often. */
  tookNonsense(): void {
    this.keepPace(NONSENSE_COST, 0, this.since);
  }

  private keepPace(cost: number, bytes: number, nowMs: number): void {
    const waitMs = this.pace?.take(cost, bytes, nowMs) ?? 0;
    if (waitMs === 0 || this.reading.isHeldBy('pace')) return;
    this.ports.paused();
    this.reading.holdFor('pace', waitMs);
  }

  private takeTelemetry(qos: number): void {
    const bytes = this.scanner.bytes();
    const idAt = this.frame.body + 2 + this.ownTopic.length;
    const payloadAt = qos === 0 ? idAt : idAt + 2;
    const packetId = qos === 0 || payloadAt > this.frame.end ? 0 : bytes.readUInt16BE(idAt);
    // [MQTT-2.3.1-1]: a packet id is not zero.
    if (qos === 1 && packetId === 0) {
      this.ports.messageRefused('malformed-publish');
      this.close('malformed-publish');
      return;
    }
    const payload = bytes.subarray(payloadAt, this.frame.end);
    const taken = this.ports.telemetry(this, payload, qos === 0 ? null : this, packetId);
    if (taken === null) this.leave();
    else if (taken.quarantined) this.tookNonsense();
  }

  /** Nothing more is taken from it; an answer that is under way still reaches it. */
  private leave(): void {
    this.phase = 'leaving';
    this.ports.afterSent(this, () => this.stream.destroy());
  }

  private toBroker(bytes: Buffer): void {
    if (!this.stream.push(bytes)) this.reading.hold('broker', true);
  }

  private waitForReader(): void {
    this.reading.hold('unread', true);
    this.socket.once('drain', () => this.reading.hold('unread', false));
  }

  private end(): void {
    if (this.phase !== 'closed') {
      this.phase = 'closed';
      this.reading.end();
      this.since = this.ports.monotonicMs();
      this.tellWaiting();
      this.stream.push(null);
    }
    if (this.stream.destroyed) this.ports.closed(this);
  }
}
