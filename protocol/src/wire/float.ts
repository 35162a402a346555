/** IEEE 754 by bits: the shortest form that keeps the value is required both ways (RFC 8949 section 4.2.1). */
const scratch = new DataView(new ArrayBuffer(9));

/** Number.isNaN is not in ES5, and the global one converts. */
export function isNan(value: number): boolean {
  return !(value <= Infinity);
}

/** Bits of a number as float16, or -1 when it needs more. NaN is 0x7e00, the only one there is. */
export function halfBits(value: number): number {
  if (isNan(value)) return 0x7e00;
  const sign = value < 0 || 1 / value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Infinity) return sign + 0x7c00;
  let exponent = -14;
  while (exponent < 15 && size >= Math.pow(2, exponent + 1)) exponent++;
  const fraction = size * Math.pow(2, 10 - exponent);
  // A normal fraction has its leading one, which makes the 1 to 30 of the exponent field; a subnormal one has none.
  return fraction < 2048 && fraction % 1 === 0 ? sign + (exponent + 14) * 1024 + fraction : -1;
}

/** Bits of a number as float32, or -1 when it needs more. */
export function singleBits(value: number): number {
  scratch.setFloat32(1, value);
  return scratch.getFloat32(1) === value || isNan(value) ? scratch.getUint32(1) : -1;
}

/** A number as its shortest float, initial byte and all. */
export function floatItem(value: number): Uint8Array {
  const half = halfBits(value);
  let size = 3;
  if (half >= 0) scratch.setUint16(1, half);
  else if (singleBits(value) >= 0) size = 5;
  else {
    scratch.setFloat64(1, value);
    size = 9;
  }
  scratch.setUint8(0, size === 3 ? 0xf9 : size === 5 ? 0xfa : 0xfb);
  return new Uint8Array(scratch.buffer, 0, size);
}

export function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  let size = fraction * 5.9604644775390625e-8;
  if (exponent === 31) size = fraction === 0 ? Infinity : NaN;
  else if (exponent > 0) size = (1024 + fraction) * Math.pow(2, exponent - 25);
  return bits & 0x8000 ? -size : size;
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
