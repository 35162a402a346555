/** The buffer, or a larger copy with room for `needed` bytes; null when that passes `maxBytes`. */
export function grown(buffer: Uint8Array, needed: number, maxBytes: number): Uint8Array | null {
  if (needed <= buffer.length) return buffer;
  if (needed > maxBytes) return null;
  const larger = new Uint8Array(Math.min(Math.max(buffer.length * 2, needed), maxBytes));
  larger.set(buffer);
  return larger;
}
