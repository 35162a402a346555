/** A number that does not fit is a bug of the caller, and throws. */
export const requireUint = (value: number, max: number): void => {
  if (!(value >= 0 && value <= max) || Math.floor(value) !== value) throw new Error(value + ' does not fit');
};

/** What both writers are: one growing buffer that never passes `maxBytes`. */
export class ByteSink {
  /** Some write did not fit; what is in the buffer is not a whole item. */
  overflowed!: boolean;
  protected buffer: Uint8Array;
  /** Bytes, the last of which may be begun only. */
  protected used!: number;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.buffer = new Uint8Array(Math.min(maxBytes, 64));
    this.reset();
  }

  /** Starts again with the same buffer. */
  reset(): void {
    this.used = 0;
    this.overflowed = false;
  }

  /** A copy of what was written. Throws when it overflowed: check `overflowed` first. */
  finish(): Uint8Array {
    if (this.overflowed) throw new Error('overflow of ' + this.maxBytes + ' bytes');
    return this.buffer.slice(0, this.used);
  }

  /** Whether `more` bytes fit, into a larger buffer if it must be; else it has overflowed. */
  protected room(more: number): boolean {
    const needed = this.used + more;
    const buffer = this.buffer;
    if (needed > this.maxBytes) this.overflowed = true;
    else if (needed > buffer.length) {
      this.buffer = new Uint8Array(Math.min(needed * 2, this.maxBytes));
      this.buffer.set(buffer);
    }
    return !this.overflowed;
  }

  protected byte(value: number): void {
    if (this.room(1)) this.buffer[this.used++] = value;
  }
}
