import { limits, Writer } from '../wire/index.ts';

/** Little-endian typed arrays of RFC 8746: of 1, 2, 4 bytes an item; tags of the signed ones are 8 higher. */
const typedTags = [64, 69, 70];

/** The smallest typed array that holds all values, or null. */
function typedArray(values: number[]): Writer | null {
  let min = values[0];
  let max = min;
  for (let i = 1; i < values.length; i++) {
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
  }
  for (let size = 0; size < 3; size++) {
    const width = 1 << size;
    const reach = Math.pow(256, width);
    const isUnsigned = min >= 0 && max < reach;
    if (!isUnsigned && (min < -reach / 2 || max >= reach / 2)) continue;
    const bytes = new Uint8Array(values.length * width);
    for (let i = 0; i < bytes.length; i++) bytes[i] = values[i >> size] >> (8 * (i % width));
    const out = new Writer(limits.maxMessageBytes);
    out.tag(typedTags[size] + (isUnsigned ? 0 : 8));
    out.bytes(bytes);
    return out;
  }
  return null;
}

/** An array of integers. */
export function writeArray(out: Writer, values: number[]): void {
  out.arrayHead(values.length);
  for (let i = 0; i < values.length; i++) out.int(values[i]);
}

/** `list` as an array of integers, or a typed array of `values` where that is smaller. */
export function writeShorter(out: Writer, list: number[], values: number[]): void {
  const array = new Writer(limits.maxMessageBytes);
  writeArray(array, list);
  const typed = typedArray(values);
  out.raw((typed !== null && (array.overflowed || typed.length < array.length) ? typed : array).finish());
}

/** Samples: the first and then differences, or a typed array of the samples themselves where that is smaller. */
export function writeSamples(out: Writer, samples: number[]): void {
  const differences: number[] = [samples[0]];
  for (let i = 1; i < samples.length; i++) differences.push(samples[i] - samples[i - 1]);
  writeShorter(out, differences, samples);
}
