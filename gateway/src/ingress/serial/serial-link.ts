import type { Duplex } from 'node:stream';
import {
  encodeHangUp,
  encodeReceipt,
  encodeSerialFrame,
  encodeSerialLine,
  type HangUp,
  maxReceipts,
  SerialFrameDecoder,
  type SerialKind,
  SerialLineDecoder,
} from '@usewire/protocol/serial';
import { crc32 } from '@usewire/protocol/wire';
import type { AckTarget } from '../../domain/ports.ts';
import type { DevicePace } from '../device-pace.ts';
import { Reading } from '../reading.ts';

export type SerialMode = 'framed' | 'line';

export interface SerialLinkOptions {
  mode: SerialMode;
  /** Longest frame that is taken. */
  maxFrameBytes: number;
  /** Longest frame that is sent. */
  maxDeviceFrameBytes: number;
}

export interface SerialLinkPorts {
  monotonicMs(): number;
  after(delayMs: number, task: () => void): () => void;
  pace: DevicePace;
  /** The device calls. null = no answer now: it calls again. */
  called(): 'in' | HangUp | null;
  /** A frame of a device that was let in; `checksum` is what a receipt names it by. Answers with what it costs of the pace. */
  frame(frame: Uint8Array, checksum: number): number;
  /** The device was not read for a while, because it had sent more than its share. */
  paused(): void;
  refused(reason: string): void;
  acked(count: number): void;
}

/** What a device may leave unread; what does not fit is not sent, and asked for or sent again. */
const MAX_UNREAD_BYTES = 65_536;
/** A call begins a link: it costs what putting a message aside does. */
const CALL_COST = 20;
/** A device that was not let in is told so this often. */
const HANG_UP_EVERY_MS = 1_000;

/** One open port: finds calls and frames in its bytes, and answers them (SPEC.md, Serial links). Holds nothing but what is unread. */
export class SerialLink implements AckTarget {
  readonly decoder: SerialFrameDecoder | SerialLineDecoder;
  private readonly port: Duplex;
  private readonly options: SerialLinkOptions;
  private readonly ports: SerialLinkPorts;
  private readonly reading: Reading;
  private isIn = false;
  private calledAtMs = 0;
  private hungUpAtMs = Number.NEGATIVE_INFINITY;
  private receipts: number[] = [];

  constructor(port: Duplex, options: SerialLinkOptions, ports: SerialLinkPorts) {
    this.port = port;
    this.options = options;
    this.ports = ports;
    const Decoder = options.mode === 'framed' ? SerialFrameDecoder : SerialLineDecoder;
    this.decoder = new Decoder({
      direction: 'up',
      maxFrameBytes: options.maxFrameBytes,
      checksum: crc32,
      onFrame: (frame, kind, checksum) => this.take(frame, kind, checksum),
    });
    this.reading = new Reading(port, { after: ports.after, resumed: () => {} });
    port.on('data', (chunk: Buffer) => {
      this.decoder.push(chunk);
      this.keepPace(0, chunk.length);
    });
    // Who was let in before this port was opened learns that it has to call again.
    this.hangUp({ cause: 'closed', detail: 'port opened' });
    this.hungUpAtMs = Number.NEGATIVE_INFINITY;
  }

  /** ms since the call that let the device in. */
  ageMs(): number {
    return this.ports.monotonicMs() - this.calledAtMs;
  }

  isOpen(): boolean {
    return this.isIn;
  }

  setPressure(on: boolean): void {
    this.reading.hold('pressure', on);
  }

  /** False: not sent. */
  send(frame: Uint8Array): boolean {
    if (!this.isIn) return false;
    if (frame.length > this.options.maxDeviceFrameBytes) {
      this.ports.refused('serial-down-too-large');
      return false;
    }
    return this.write('dn', frame);
  }

  ack(checksum: number): void {
    this.receipts.push(checksum);
    if (this.receipts.length === maxReceipts) this.flush();
  }

  flush(): void {
    if (this.receipts.length === 0) return;
    if (this.write('receipt', encodeReceipt(this.receipts))) this.ports.acked(this.receipts.length);
    this.receipts = [];
  }

  /** The device has to call before anything else is taken of it. */
  hangUp(reason: HangUp): void {
    this.isIn = false;
    this.hungUpAtMs = this.ports.monotonicMs();
    this.write('hangUp', encodeHangUp(reason));
  }

  /** The port is closed, or is about to be. */
  end(): void {
    this.isIn = false;
    this.reading.end();
  }

  private take(frame: Uint8Array, kind: SerialKind, checksum: number): void {
    if (kind === 'call') this.takeCall(checksum);
    else if (this.isIn) this.keepPace(this.ports.frame(frame, checksum), 0);
    else this.hangUpNowAndThen({ cause: 'closed', detail: 'call first' });
  }

  private takeCall(checksum: number): void {
    this.keepPace(CALL_COST, 0);
    const answer = this.ports.called();
    if (answer === 'in') {
      this.isIn = true;
      this.calledAtMs = this.ports.monotonicMs();
      this.ack(checksum);
      this.flush();
    } else if (answer !== null) this.hangUpNowAndThen(answer);
  }

  private hangUpNowAndThen(reason: HangUp): void {
    this.isIn = false;
    if (this.ports.monotonicMs() - this.hungUpAtMs >= HANG_UP_EVERY_MS || reason.cause === 'refused')
      this.hangUp(reason);
  }

  private write(kind: SerialKind, frame: Uint8Array): boolean {
    if (this.port.destroyed || this.port.writableLength > MAX_UNREAD_BYTES) {
      this.ports.refused('serial-unread');
      return false;
    }
    const encode = this.options.mode === 'framed' ? encodeSerialFrame : encodeSerialLine;
    this.port.write(encode(kind, frame, crc32));
    return true;
  }

  private keepPace(cost: number, bytes: number): void {
    const waitMs = this.ports.pace.take(cost, bytes, this.ports.monotonicMs());
    if (waitMs === 0 || this.reading.isHeldBy('pace')) return;
    this.ports.paused();
    this.reading.holdFor('pace', waitMs);
  }
}
