import type { Writer } from '../wire/index.ts';

/** Bytes of a CBOR head with this argument. */
export function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 256) return 2;
  if (argument < 65536) return 3;
  return argument <= 4294967295 ? 5 : 9;
}

export function intSize(value: number): number {
  return headSize(value < 0 ? -1 - value : value);
}

/** Typed arrays of RFC 8746 by falling preference; little endian. */
const typedForms = [
  { tag: 64, width: 1, min: 0, max: 255 },
  { tag: 72, width: 1, min: -128, max: 127 },
  { tag: 69, width: 2, min: 0, max: 65535 },
  { tag: 77, width: 2, min: -32768, max: 32767 },
  { tag: 70, width: 4, min: 0, max: 4294967295 },
  { tag: 78, width: 4, min: -2147483648, max: 2147483647 },
];

/** Index of the smallest typed array that holds all values, or -1. */
function typedForm(values: number[]): number {
  let min = values[0];
  let max = values[0];
  for (let i = 1; i < values.length; i++) {
    if (values[i] < min) min = values[i];
    if (values[i] > max) max = values[i];
  }
  for (let f = 0; f < typedForms.length; f++) {
    if (min >= typedForms[f].min && max <= typedForms[f].max) return f;
  }
  return -1;
}

function typedSize(form: number, count: number): number {
  if (form < 0) return Infinity;
  const length = count * typedForms[form].width;
  return 2 + headSize(length) + length;
}

function writeTyped(out: Writer, form: number, values: number[]): void {
  const width = typedForms[form].width;
  const bytes = new Uint8Array(values.length * width);
  for (let i = 0; i < values.length; i++) {
    for (let b = 0; b < width; b++) bytes[i * width + b] = (values[i] >> (8 * b)) & 255;
  }
  out.tag(typedForms[form].tag);
  out.bytes(bytes);
}

function arraySize(values: number[]): number {
  let size = headSize(values.length);
  for (let i = 0; i < values.length; i++) size += intSize(values[i]);
  return size;
}

function writeArray(out: Writer, values: number[]): void {
  out.arrayHead(values.length);
  for (let i = 0; i < values.length; i++) out.int(values[i]);
}

/** Bytes of `writeList`. */
export function listSize(values: number[]): number {
  return Math.min(arraySize(values), typedSize(typedForm(values), values.length));
}

/** An array of integers, or a typed array where that is smaller. */
export function writeList(out: Writer, values: number[]): void {
  const form = typedForm(values);
  if (typedSize(form, values.length) < arraySize(values)) writeTyped(out, form, values);
  else writeArray(out, values);
}

/** Samples: the first and then differences, or a typed array of the samples themselves where that is smaller. */
export function writeSamples(out: Writer, samples: number[]): void {
  const differences: number[] = [samples[0]];
  for (let i = 1; i < samples.length; i++) differences.push(samples[i] - samples[i - 1]);
  const form = typedForm(samples);
  if (typedSize(form, samples.length) < arraySize(differences)) writeTyped(out, form, samples);
  else writeArray(out, differences);
}
