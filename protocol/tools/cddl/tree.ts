/**
 * CBOR to a tree that keeps every distinction of the bytes. Lenient and independent of src/wire on purpose: it is an oracle.
 */
export type Node =
  | { is: 'uint' | 'nint' | 'float'; value: number }
  | { is: 'bstr'; value: Uint8Array }
  | { is: 'tstr'; value: string; size: number }
  | { is: 'array'; items: Node[] }
  | { is: 'map'; pairs: [Node, Node][] }
  | { is: 'tag'; number: number; content: Node }
  | { is: 'bool'; value: boolean }
  | { is: 'null' };

interface Cursor {
  view: DataView;
  at: number;
}

function argument(cursor: Cursor, info: number): number {
  const at = cursor.at;
  if (info < 24) return info;
  if (info > 27) throw new Error('indefinite length or reserved head');
  cursor.at += 1 << (info - 24);
  if (info === 24) return cursor.view.getUint8(at);
  if (info === 25) return cursor.view.getUint16(at);
  return info === 26 ? cursor.view.getUint32(at) : Number(cursor.view.getBigUint64(at));
}

function content(cursor: Cursor, length: number): Uint8Array {
  if (length > cursor.view.byteLength - cursor.at) throw new Error('ends early');
  const start = cursor.view.byteOffset + cursor.at;
  cursor.at += length;
  return new Uint8Array(cursor.view.buffer, start, length);
}

function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >> 15 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function simple(cursor: Cursor, info: number): Node {
  const at = cursor.at;
  if (info === 20 || info === 21) return { is: 'bool', value: info === 21 };
  if (info === 22) return { is: 'null' };
  if (info < 25 || info > 27) throw new Error('unknown simple value');
  cursor.at += 1 << (info - 24);
  if (info === 25) return { is: 'float', value: half(cursor.view.getUint16(at)) };
  return { is: 'float', value: info === 26 ? cursor.view.getFloat32(at) : cursor.view.getFloat64(at) };
}

function node(cursor: Cursor): Node {
  const initial = cursor.view.getUint8(cursor.at++);
  const major = initial >> 5;
  if (major === 7) return simple(cursor, initial & 31);
  const value = argument(cursor, initial & 31);
  if (major === 0) return { is: 'uint', value };
  if (major === 1) return { is: 'nint', value: -1 - value };
  if (major === 2) return { is: 'bstr', value: content(cursor, value) };
  if (major === 3)
    return { is: 'tstr', value: new TextDecoder().decode(content(cursor, value)), size: value };
  if (major === 6) return { is: 'tag', number: value, content: node(cursor) };
  if (value > cursor.view.byteLength) throw new Error('ends early');
  const times = Array.from({ length: value });
  if (major === 4) return { is: 'array', items: times.map(() => node(cursor)) };
  return { is: 'map', pairs: times.map((): [Node, Node] => [node(cursor), node(cursor)]) };
}

/** One item that fills the bytes. Throws on anything else. */
export function treeOf(bytes: Uint8Array): Node {
  const cursor = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  const root = node(cursor);
  if (cursor.at !== bytes.length) throw new Error('bytes after the end');
  return root;
}
