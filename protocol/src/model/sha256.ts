/** The first 32 bits of the fraction of a root (FIPS 180-4, 4.2.2 and 5.3.3): constants are computed, not tabled. */
const fraction = (root: number): number => ((root % 1) * 4294967296) | 0;

/** XOR of a word turned right by a, b and c. */
const turned = (x: number, a: number, b: number, c: number): number =>
  ((x >>> a) | (x << (32 - a))) ^ ((x >>> b) | (x << (32 - b))) ^ ((x >>> c) | (x << (32 - c)));

/** Initial hash value of the first eight primes, round constants of the first 64. */
function fillConstants(state: Int32Array, constants: number[]): void {
  for (let candidate = 2; constants.length < 64; candidate++) {
    let divisor = 2;
    while (candidate % divisor > 0) divisor++;
    if (divisor < candidate) continue;
    // Beyond its eight the state takes nothing.
    state[constants.length] = fraction(Math.sqrt(candidate));
    constants.push(fraction(Math.pow(candidate, 1 / 3)));
  }
}

/** 6.2.2: `words` has the 16 words of a block and room for 48 more, `v` the working variables a..h. */
function compress(state: Int32Array, words: Int32Array, constants: number[]): void {
  const v = state.slice();
  for (let i = 0; i < 64; i++) {
    if (i > 15) {
      const a = words[i - 15];
      const b = words[i - 2];
      // Shifts where the third turn is: what came in at the top is taken out again.
      const s0 = turned(a, 7, 18, 3) ^ (a << 29);
      const s1 = turned(b, 17, 19, 10) ^ (b << 22);
      words[i] = words[i - 16] + s0 + words[i - 7] + s1;
    }
    const choice = v[6] ^ (v[4] & (v[5] ^ v[6]));
    const t1 = v[7] + turned(v[4], 6, 11, 25) + choice + constants[i] + words[i];
    const majority = (v[0] & (v[1] | v[2])) | (v[1] & v[2]);
    const t2 = turned(v[0], 2, 13, 22) + majority;
    v.set(v.subarray(0, 7), 1);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (let i = 0; i < 8; i++) state[i] += v[i];
}

/** SHA-256 of `data`, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  const state = new Int32Array(8);
  const words = new Int32Array(64);
  const constants: number[] = [];
  fillConstants(state, constants);
  // Padding of 5.1.1: a one bit, zeros, the length in bits as 64 bits, which 2^53 bytes do not reach.
  const message = new Uint8Array(((data.length + 72) >> 6) << 6);
  const view = new DataView(message.buffer);
  message.set(data);
  message[data.length] = 0x80;
  view.setUint32(message.length - 8, data.length / 536870912);
  view.setUint32(message.length - 4, data.length << 3);
  for (let at = 0; at < message.length; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
    compress(state, words, constants);
  }
  state.forEach((word, i) => {
    view.setInt32(4 * i, word);
  });
  return message.slice(0, 32);
}
