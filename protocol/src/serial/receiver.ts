import {
  bodyOverheadBytes,
  type Checksum,
  checksumHolds,
  type SerialDirection,
  type SerialKind,
  serialKindOf,
  toldChecksum,
} from './body.ts';

/** Why bytes between two delimiters were passed over. Nothing is answered: what cannot be read names no sender. */
export type SerialFault = 'malformed' | 'checksum' | 'tooLarge' | 'otherWay' | 'reserved';

/** Since the decoder was made. Bytes that rise while frames do not: another speed, another mode, or no device of ours. */
export interface SerialCounters {
  /** Everything that was received. */
  bytes: number;
  /** Handed on. */
  frames: number;
  /** Not the encoding of a body, or cut. */
  malformed: number;
  /** Changed on the way. */
  checksum: number;
  /** Longer than `maxFrameBytes`. */
  tooLarge: number;
  /** Our own, echoed by a console or a shared wire. */
  otherWay: number;
  /** Of a type that this version does not know. */
  reserved: number;
}

export interface SerialReceiverOptions {
  /** Which frames are taken: 'up' in a gateway, 'dn' on a device. */
  direction: SerialDirection;
  /** Longest frame that is taken, 1 to 262,144. It bounds the memory of the decoder. */
  maxFrameBytes: number;
  checksum: Checksum;
  /** Called within `push` with a copy that is the receiver's own; `checksum` is that of its body, by which a receipt names it. */
  onFrame(frame: Uint8Array, kind: SerialKind, checksum: number): void;
}

const firstBufferBytes = 64;

/** Where both modes end: gathers a body within its bound, checks it, hands its frame on and counts what is wrong. */
export class BodyReceiver {
  readonly counters: SerialCounters;
  private readonly options: SerialReceiverOptions;
  private readonly maxBodyBytes: number;
  private buffer: Uint8Array;
  private used: number;

  constructor(options: SerialReceiverOptions) {
    this.options = options;
    this.maxBodyBytes = options.maxFrameBytes + bodyOverheadBytes;
    this.buffer = new Uint8Array(Math.min(firstBufferBytes, this.maxBodyBytes));
    this.used = 0;
    this.counters = { bytes: 0, frames: 0, malformed: 0, checksum: 0, tooLarge: 0, otherWay: 0, reserved: 0 };
  }

  /** One more byte of the body; false when there is no room for it, and the body is dropped and counted. */
  put(byte: number): boolean {
    if (this.used === this.buffer.length && !this.grow()) {
      this.drop('tooLarge');
      return false;
    }
    this.buffer[this.used++] = byte;
    return true;
  }

  /** The body is whole. */
  finish(): void {
    const fault = this.fault();
    if (fault !== null) {
      this.drop(fault);
      return;
    }
    const frame = new Uint8Array(this.buffer.subarray(1, this.used - 4));
    const sum = toldChecksum(this.buffer, this.used);
    this.used = 0;
    this.counters.frames++;
    this.options.onFrame(frame, serialKindOf(this.buffer[0]) as SerialKind, sum);
  }

  drop(fault: SerialFault): void {
    this.used = 0;
    this.counters[fault]++;
  }

  private fault(): SerialFault | null {
    if (this.used <= bodyOverheadBytes) return 'malformed';
    if (!checksumHolds(this.buffer, this.used, this.options.checksum)) return 'checksum';
    const type = this.buffer[0];
    if (serialKindOf(type) === null) return 'reserved';
    return type % 2 === (this.options.direction === 'up' ? 0 : 1) ? null : 'otherWay';
  }

  private grow(): boolean {
    const length = this.buffer.length;
    if (length === this.maxBodyBytes) return false;
    const larger = new Uint8Array(Math.min(length * 2, this.maxBodyBytes));
    larger.set(this.buffer);
    this.buffer = larger;
    return true;
  }
}
