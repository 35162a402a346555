/** What both writers are: one growing buffer that never passes `maxBytes`. */
export class ByteSink {
  /** Some write did not fit; what is in the buffer is not a whole item. */
  overflowed: boolean;
  protected buffer: Uint8Array;
  /** In the units of the writer: bytes or bits. */
  protected used: number;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.buffer = new Uint8Array(Math.min(maxBytes, 64));
    this.used = 0;
    this.overflowed = false;
  }

  /** Whether the buffer has `needed` bytes in all, larger if it must be; else it has overflowed. */
  protected reach(needed: number): boolean {
    const length = this.buffer.length;
    if (needed > this.maxBytes) this.overflowed = true;
    if (needed > length && !this.overflowed) {
      const larger = new Uint8Array(Math.min(Math.max(length * 2, needed), this.maxBytes));
      larger.set(this.buffer);
      this.buffer = larger;
    }
    return !this.overflowed;
  }

  protected copy(length: number): Uint8Array {
    if (this.overflowed) throw new Error('overflow of ' + this.maxBytes + ' bytes');
    return new Uint8Array(this.buffer.subarray(0, length));
  }
}
