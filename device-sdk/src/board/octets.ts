/**
 * Bytes as a string, each character one byte (code 0 to 255). On Espruino this is the cheapest form there is: 12 bytes a variable, joined
 * and cut by the firmware itself, and the only one that its sockets send as it is.
 */
export type Octets = string;

export const chars = String.fromCharCode;

/** Head of a CBOR item in its shortest form (POU-CBOR-9). `major` stands in place (0, 32, 64, ...), `value` is 0 to 2^53 - 1. */
export function head(major: number, value: number): Octets {
  let bits = value < 24 ? 0 : value < 256 ? 8 : value < 65536 ? 16 : value < 4294967296 ? 32 : 64;
  let made = chars(major + (bits ? 23 + (bits > 32 ? 4 : bits > 16 ? 3 : bits / 8) : value));
  while (bits) {
    bits -= 8;
    // Above 32 bits shifts go round: both halves are divided out.
    made += chars(((bits > 31 ? value / 4294967296 : value) >>> (bits & 31)) & 255);
  }
  return made;
}

/** A CBOR integer. */
export function int(value: number): Octets {
  return value < 0 ? head(32, -1 - value) : head(0, value);
}
