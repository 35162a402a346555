/** IEEE 754 by bits: the shortest form that keeps the value is required both ways (RFC 8949 section 4.2.1). */
const scratch = new DataView(new ArrayBuffer(8));

/** The 16 bits of a value given as the 32 bits of a float32, or -1 when float16 cannot hold it exactly. */
function halfOfSingle(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return fraction === 0 ? sign | 0x7c00 : 0x7e00;
  if (exponent === 0) return fraction === 0 ? sign : -1;
  if (exponent >= 113 && exponent <= 142) {
    return (fraction & 0x1fff) === 0 ? sign | ((exponent - 112) << 10) | (fraction >> 13) : -1;
  }
  if (exponent < 103 || exponent > 112) return -1;
  const whole = fraction | 0x800000;
  const shift = 126 - exponent;
  return (whole & ((1 << shift) - 1)) === 0 ? sign | (whole >> shift) : -1;
}

/** Number.isNaN is not in ES5, and the global one converts. */
export function isNan(value: number): boolean {
  return !(value <= Infinity);
}

/** Bits of a number as float16, or -1 when it needs more. NaN is 0x7e00, the only one there is. */
export function halfBits(value: number): number {
  if (isNan(value)) return 0x7e00;
  scratch.setFloat32(0, value);
  return scratch.getFloat32(0) === value ? halfOfSingle(scratch.getUint32(0)) : -1;
}

/** Bits of a number as float32, or -1 when it needs more. */
export function singleBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getFloat32(0) === value || isNan(value) ? scratch.getUint32(0) : -1;
}

/** High and low 32 bits as float64, through `out`. */
export function doubleBits(value: number, out: { high: number; low: number }): void {
  scratch.setFloat64(0, value);
  out.high = scratch.getUint32(0);
  out.low = scratch.getUint32(4);
}

export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 5.9604644775390625e-8;
  return sign * (1024 + fraction) * Math.pow(2, exponent - 25);
}

export function fromSingle(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

export function fromDouble(high: number, low: number): number {
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getFloat64(0);
}
