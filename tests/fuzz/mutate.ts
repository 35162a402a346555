import type { FuzzRandom } from './random.ts';

/** Bytes that parsers stumble over: lengths at borders, indefinite lengths, breaks, deep nesting. */
const NASTY = [
  '00',
  'ff',
  '7f',
  '80',
  'ffffffff',
  '9bffffffffffffffff',
  '5b001fffffffffffff',
  'bf',
  '9f',
  '81818181818181818181',
  'c1c1c1c1c1c1c1c1c1c1',
  'f97e01',
  'fb7ff8000000000000',
  '1b0020000000000000',
  '3b001fffffffffffff',
  'f7',
  '62c328',
].map((hex) => Buffer.from(hex, 'hex'));

/** One to four changes of some bytes: flips, cuts, repeats, insertions, a part of another input. */
export function mutate(random: FuzzRandom, bytes: Uint8Array, other: Uint8Array): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let i = random.below(4); i >= 0; i -= 1) result = change(random, result, other);
  return result;
}

function change(random: FuzzRandom, bytes: Buffer, other: Uint8Array): Buffer {
  const at = random.below(bytes.length + 1);
  const length = random.below(Math.min(16, bytes.length - at + 1));
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)];
  switch (random.below(7)) {
    case 0:
      return flip(random, bytes);
    case 1:
      return before;
    case 2:
      return Buffer.concat([before, bytes.subarray(at + length)]);
    case 3:
      return Buffer.concat([before, ...Array.from({ length: 1 + random.below(40) }, () => part), after]);
    case 4:
      return Buffer.concat([before, random.pick(NASTY), after]);
    case 5:
      return Buffer.concat([before, other.subarray(random.below(other.length + 1))]);
    default:
      return Buffer.concat([before, random.bytes(1 + random.below(4)), after]);
  }
}

function flip(random: FuzzRandom, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  copy[random.below(copy.length)]! ^= 1 << random.below(8);
  return copy;
}
