/** IEEE 754 by bits: the shortest form that keeps the value is required both ways (RFC 8949 section 4.2.1). */
const scratch = new DataView(new ArrayBuffer(9));

/** Number.isNaN is not in ES5, and the global one converts. */
export const isNan = (value: number): boolean => !(value <= Infinity);

export function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const whole = exponent > 0 ? fraction + 1024 : fraction;
  const special = fraction > 0 ? NaN : Infinity;
  const size = exponent > 30 ? special : whole * Math.pow(2, Math.max(exponent, 1) - 25);
  return bits & 0x8000 ? -size : size;
}

/** Bits of a number as float16, or -1 when it needs more. NaN is 0x7e00, the only one there is. */
export function halfBits(value: number): number {
  if (isNan(value)) return 0x7e00;
  // Halves without their sign rise with their bits, infinity last.
  let bits = 0;
  for (let step = 16384; step >= 1; step /= 2) {
    if (fromHalf(bits + step) <= Math.abs(value)) bits += step;
  }
  if (fromHalf(bits) !== Math.abs(value)) return -1;
  return value < 0 || 1 / value < 0 ? bits + 0x8000 : bits;
}

/** Bits of a number as float32, or -1 when it needs more. */
export function singleBits(value: number): number {
  scratch.setFloat32(1, value);
  return scratch.getFloat32(1) === value || isNan(value) ? scratch.getUint32(1) : -1;
}

/** A number as its shortest float, initial byte and all. */
export function floatItem(value: number): Uint8Array {
  const half = halfBits(value);
  let size = 1;
  scratch.setUint16(1, half);
  if (half < 0) {
    scratch.setFloat32(1, value);
    size = 2;
    if (scratch.getFloat32(1) !== value) {
      scratch.setFloat64(1, value);
      size = 3;
    }
  }
  scratch.setUint8(0, 0xf8 + size);
  return new Uint8Array(scratch.buffer, 0, 1 + (1 << size));
}

export function fromSingle(bits: number): number {
  scratch.setUint32(1, bits);
  return scratch.getFloat32(1);
}

export function fromDouble(high: number, low: number): number {
  scratch.setUint32(1, high);
  scratch.setUint32(5, low);
  return scratch.getFloat64(1);
}
