/** Round constants of FIPS 180-4, 4.2.2, computed: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    let prime = true;
    for (let i = 0; i < found.length && prime; i++) {
      prime = candidate % found[i] !== 0;
    }
    if (prime) {
      found.push(candidate);
    }
  }
  return found;
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 4294967296) | 0;
}

function roundConstants(): Int32Array {
  const constants = new Int32Array(64);
  const list = primes(64);
  for (let i = 0; i < 64; i++) {
    constants[i] = fraction(Math.pow(list[i], 1 / 3));
  }
  return constants;
}

/** Initial hash value, 5.3.3: the same of the square roots of the first eight primes. */
function initialState(): Int32Array {
  const state = new Int32Array(8);
  const list = primes(8);
  for (let i = 0; i < 8; i++) {
    state[i] = fraction(Math.sqrt(list[i]));
  }
  return state;
}

function rotate(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
}

/** The message schedule of 6.2.2, step 1. */
function schedule(words: Int32Array, data: Uint8Array, offset: number): void {
  for (let i = 0; i < 16; i++) {
    const at = offset + i * 4;
    words[i] = (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
  }
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15];
    const b = words[i - 2];
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
}

/** Steps 2 to 4 of 6.2.2: `v` has the working variables a..h. */
function compress(state: Int32Array, words: Int32Array, constants: Int32Array): void {
  const v = new Int32Array(state);
  for (let i = 0; i < 64; i++) {
    const e = v[4];
    const a = v[0];
    const choice = (e & v[5]) ^ (~e & v[6]);
    const t1 = (v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constants[i] + words[i]) | 0;
    const majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    for (let k = 7; k > 0; k--) {
      v[k] = v[k - 1];
    }
    v[4] = (v[4] + t1) | 0;
    v[0] = (t1 + t2) | 0;
  }
  for (let i = 0; i < 8; i++) {
    state[i] = (state[i] + v[i]) | 0;
  }
}

/** Padding of 5.1.1: a one bit, zeros, the length in bits as 64 bits. */
function padded(data: Uint8Array): Uint8Array {
  const size = (Math.floor((data.length + 8) / 64) + 1) * 64;
  const out = new Uint8Array(size);
  out.set(data);
  out[data.length] = 0x80;
  const high = Math.floor(data.length / 536870912);
  const low = data.length << 3;
  for (let i = 0; i < 4; i++) {
    out[size - 8 + i] = high >>> (24 - 8 * i);
    out[size - 4 + i] = low >>> (24 - 8 * i);
  }
  return out;
}

/** SHA-256 of `data`, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  const constants = roundConstants();
  const state = initialState();
  const words = new Int32Array(64);
  const message = padded(data);
  for (let offset = 0; offset < message.length; offset += 64) {
    schedule(words, message, offset);
    compress(state, words, constants);
  }
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i++) {
    digest[i] = state[i >> 2] >>> (24 - 8 * (i & 3));
  }
  return digest;
}
