import { type Checksum, type SerialKind, serialBody } from './body.ts';
import { BodyReceiver, type SerialCounters, type SerialReceiverOptions } from './receiver.ts';

/** Synchronous idle: the first byte of a line. No terminal shows it and no text has it. */
const syn = 0x16;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const equalsSign = 0x3d;
/** RFC 4648, section 4: what `btoa` writes. */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A frame as a line of text: for a console that is shared with people and programs, where a third more bytes is the price. */
export function encodeSerialLine(kind: SerialKind, frame: Uint8Array, checksum: Checksum): Uint8Array {
  const body = serialBody(kind, frame, checksum);
  const line = new Uint8Array(4 * Math.ceil(body.length / 3) + 2);
  line[0] = syn;
  let at = 1;
  for (let i = 0; i < body.length; i += 3) {
    const bits = (body[i] << 16) | ((body[i + 1] || 0) << 8) | (body[i + 2] || 0);
    for (let shift = 18; shift >= 0; shift -= 6) line[at++] = digits.charCodeAt((bits >> shift) & 63);
  }
  for (let i = body.length % 3; i > 0 && i < 3; i++) line[at - 3 + i] = equalsSign;
  line[at] = lineFeed;
  return line;
}

/** 0 to 63, or -1 for a byte that is no digit of base64. */
function digitOf(byte: number): number {
  if (byte >= 0x61) return byte <= 0x7a ? byte - 0x61 + 26 : -1;
  if (byte >= 0x41) return byte <= 0x5a ? byte - 0x41 : -1;
  if (byte >= 0x30) return byte <= 0x39 ? byte - 0x30 + 52 : -1;
  if (byte === 0x2b) return 62;
  return byte === 0x2f ? 63 : -1;
}

/** Finds lines with frames among the text of a console, in pieces of any size. */
export class SerialLineDecoder {
  readonly counters: SerialCounters;
  private readonly receiver: BodyReceiver;
  private inside: boolean;
  /** Digits of the group of four that is being read, their bits, and the padding after them. */
  private count: number;
  private bits: number;
  private padding: number;
  /** A carriage return, which consoles put before a line feed. */
  private returned: boolean;

  constructor(options: SerialReceiverOptions) {
    this.receiver = new BodyReceiver(options);
    this.counters = this.receiver.counters;
    this.inside = false;
    this.count = 0;
    this.bits = 0;
    this.padding = 0;
    this.returned = false;
  }

  push(bytes: Uint8Array): void {
    this.counters.bytes += bytes.length;
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === syn) this.start();
      else if (this.inside) this.take(bytes[i]);
    }
  }

  private start(): void {
    if (this.inside) this.receiver.drop('malformed');
    this.inside = true;
    this.count = 0;
    this.bits = 0;
    this.padding = 0;
    this.returned = false;
  }

  private take(byte: number): void {
    if (byte === lineFeed) this.end();
    else if (this.returned) this.refuse();
    else if (byte === carriageReturn) this.returned = true;
    else if (byte === equalsSign) this.padding++;
    else this.digit(digitOf(byte));
  }

  private digit(value: number): void {
    if (value < 0 || this.padding > 0) {
      this.refuse();
      return;
    }
    this.bits = (this.bits << 6) | value;
    this.count++;
    if (this.count === 4) this.putBytes(3, 0);
  }

  /** The first `count` bytes of the group; the bits below them are padding. */
  private putBytes(count: number, paddingBits: number): void {
    const value = this.bits >> paddingBits;
    for (let shift = 8 * (count - 1); shift >= 0 && this.inside; shift -= 8) {
      this.inside = this.receiver.put((value >> shift) & 255);
    }
    this.count = 0;
    this.bits = 0;
  }

  private end(): void {
    // Two digits are one byte and 4 bits of nothing, three are two bytes and 2 bits of nothing: so one frame has one line.
    const spare = this.count === 2 ? 4 : this.count === 3 ? 2 : 0;
    const whole = this.count === 0 ? this.padding === 0 : this.count > 1 && this.count + this.padding === 4;
    if (!whole || (this.bits & ((1 << spare) - 1)) !== 0) {
      this.refuse();
      return;
    }
    if (this.count > 0) this.putBytes(this.count - 1, spare);
    if (!this.inside) return;
    this.inside = false;
    this.receiver.finish();
  }

  private refuse(): void {
    this.inside = false;
    this.receiver.drop('malformed');
  }
}
