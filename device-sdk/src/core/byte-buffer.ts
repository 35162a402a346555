/** Growable bytes with the integers of the store's own files: varints up to 2^53, little end first. */
export class ByteBuffer {
  bytes: Uint8Array;
  size: number;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.size = 0;
  }

  reserve(more: number): void {
    const wanted = this.size + more;
    if (wanted <= this.bytes.length) return;
    let capacity = this.bytes.length * 2;
    while (capacity < wanted) capacity *= 2;
    const larger = new Uint8Array(capacity);
    larger.set(this.bytes.subarray(0, this.size));
    this.bytes = larger;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.size++] = value;
  }

  u16(value: number): void {
    this.u8(value & 255);
    this.u8((value >> 8) & 255);
  }

  u32(value: number): void {
    this.u16(value & 65535);
    this.u16((value >>> 16) & 65535);
  }

  /** 0 <= value <= 2^53 - 1. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest > 2147483647) {
      this.bytes[this.size++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.bytes[this.size++] = (rest & 127) | 128;
      rest = rest >> 7;
    }
    this.bytes[this.size++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** Empties it, and leaves none of its bytes in memory. */
  wipe(): void {
    this.bytes.fill(0);
    this.size = 0;
  }

  /** A copy of what lies between two positions. */
  copy(from: number, to: number): Uint8Array {
    const made = new Uint8Array(to - from);
    made.set(this.bytes.subarray(from, to));
    return made;
  }
}

/** Reads what a `ByteBuffer` wrote. Reading past the end gives zeros and clears `ok`. */
export class ByteCursor {
  bytes: Uint8Array;
  at: number;
  end: number;
  ok: boolean;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.ok = true;
  }

  u8(): number {
    if (this.at < this.end) return this.bytes[this.at++];
    this.ok = false;
    return 0;
  }

  u16(): number {
    const low = this.u8();
    return low + this.u8() * 256;
  }

  u32(): number {
    const low = this.u16();
    return low + this.u16() * 65536;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    this.ok = false;
    return 0;
  }

  take(length: number): Uint8Array {
    if (length > this.end - this.at) {
      this.ok = false;
      return new Uint8Array(0);
    }
    const made = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return made;
  }
}
