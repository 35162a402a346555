import type { Writer } from '../wire/index.ts';

/** A model description as data: JSON without null. */
export type Tree = string | number | boolean | Uint8Array | Tree[] | { [key: string]: Tree };

/** Bytewise order of encoded text keys (RFC 8949 4.2.1): the head carries the length, so shorter ones come first. */
export function compareKeys(a: string, b: string): number {
  if (a.length !== b.length) {
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function writeNumber(out: Writer, value: number): void {
  if (Math.floor(value) === value && Math.abs(value) <= 9007199254740991) {
    out.int(value === 0 ? 0 : value);
  } else {
    out.float(value);
  }
}

function writeList(out: Writer, list: Tree[]): void {
  out.arrayHead(list.length);
  for (let i = 0; i < list.length; i++) {
    writeTree(out, list[i]);
  }
}

function writeMap(out: Writer, map: { [key: string]: Tree }): void {
  const keys = Object.keys(map).sort(compareKeys);
  out.mapHead(keys.length);
  for (let i = 0; i < keys.length; i++) {
    out.text(keys[i]);
    writeTree(out, map[keys[i]]);
  }
}

/** Writes `tree` as deterministic CBOR. Keys are ASCII. */
export function writeTree(out: Writer, tree: Tree): void {
  if (typeof tree === 'string') {
    out.text(tree);
  } else if (typeof tree === 'number') {
    writeNumber(out, tree);
  } else if (typeof tree === 'boolean') {
    out.bool(tree);
  } else if (tree instanceof Uint8Array) {
    out.bytes(tree);
  } else if (Array.isArray(tree)) {
    writeList(out, tree);
  } else {
    writeMap(out, tree);
  }
}
