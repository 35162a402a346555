import { limits } from '../wire/index.ts';

/** Largest generation: 2^53 - 1 fits the 8 bytes that a kid may have. */
const maxGeneration = limits.maxInt;

/** A key generation as the kid: big-endian in as few bytes as hold it, one for 0 to 255. Throws on what is no generation. */
export function kidOf(generation: number): Uint8Array {
  if (!Number.isSafeInteger(generation) || generation < 0) throw new Error(`no generation: ${generation}`);
  const bytes: number[] = [];
  for (let rest = generation; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) {
    bytes.unshift(rest % 256);
  }
  return Uint8Array.from(bytes);
}

/** The generation of a kid; null when the kid is not one that `kidOf` makes. */
export function generationOf(kid: Uint8Array): number | null {
  if (kid.length < 1 || (kid.length > 1 && kid[0] === 0)) return null;
  const generation = kid.reduce((sum, byte) => sum * 256 + byte, 0);
  return generation <= maxGeneration ? generation : null;
}
