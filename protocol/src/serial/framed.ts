import { type Checksum, type SerialKind, serialBody } from './body.ts';
import { BodyReceiver, type SerialCounters, type SerialReceiverOptions } from './receiver.ts';

/** A block of COBS: at most 254 bytes that are not zero (Cheshire and Baker, 1999). */
const fullBlock = 255;

/** A frame between zero bytes, COBS in between: for links that carry nothing but frames. At most 1 byte in 254 more, and 8. */
export function encodeSerialFrame(kind: SerialKind, frame: Uint8Array, checksum: Checksum): Uint8Array {
  const body = serialBody(kind, frame, checksum);
  const bytes = new Uint8Array(body.length + Math.floor(body.length / 254) + 3);
  // The delimiter in front ends whatever noise or text was on the link before.
  const end = stuff(body, bytes, 1);
  bytes[end] = 0;
  return new Uint8Array(bytes.subarray(0, end + 1));
}

/** Writes the blocks of `body` from `start` on; where they end. */
function stuff(body: Uint8Array, bytes: Uint8Array, start: number): number {
  let codeAt = start;
  let at = start + 1;
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== 0) bytes[at++] = body[i];
    const full = at - codeAt === fullBlock;
    // A full block implies no zero, so one that ends the body needs no empty block after it.
    if (body[i] === 0 || (full && i + 1 < body.length)) {
      bytes[codeAt] = at - codeAt;
      codeAt = at++;
    }
  }
  bytes[codeAt] = at - codeAt;
  return at;
}

/** Finds frames in the bytes of a link, in pieces of any size. Noise costs the frames that it hits and no other. */
export class SerialFrameDecoder {
  readonly counters: SerialCounters;
  private readonly receiver: BodyReceiver;
  /** Bytes of the block that are still to come. */
  private left: number;
  /** The block before ended with a zero, if another block follows. */
  private zeroDue: boolean;
  private started: boolean;
  /** Passing over the rest of a body that was dropped. */
  private skipping: boolean;

  constructor(options: SerialReceiverOptions) {
    this.receiver = new BodyReceiver(options);
    this.counters = this.receiver.counters;
    this.left = 0;
    this.zeroDue = false;
    this.started = false;
    this.skipping = false;
  }

  push(bytes: Uint8Array): void {
    this.counters.bytes += bytes.length;
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === 0) this.delimiter();
      else if (!this.skipping) this.skipping = !this.take(bytes[i]);
    }
  }

  private take(byte: number): boolean {
    if (this.left > 0) {
      this.left--;
      return this.receiver.put(byte);
    }
    if (this.zeroDue && !this.receiver.put(0)) return false;
    this.started = true;
    this.left = byte - 1;
    this.zeroDue = byte !== fullBlock;
    return true;
  }

  private delimiter(): void {
    const whole = this.started && !this.skipping;
    const cut = this.left > 0;
    this.left = 0;
    this.zeroDue = false;
    this.started = false;
    this.skipping = false;
    if (whole && cut) this.receiver.drop('malformed');
    else if (whole) this.receiver.finish();
  }
}
