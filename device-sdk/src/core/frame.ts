import { decodeTree, type Tree, type TreeMap, Writer, writeTree } from '@usewire/protocol/wire';
import { crc32 } from './crc32.ts';
import type { StoragePort } from './ports.ts';

/*
 * Everything on the disk is a frame: 0xa5, length in 3 bytes, CRC-32 in 4 (both big end first), content. Nothing that is read back is
 * trusted: a torn or damaged frame is no frame.
 */
const headBytes = 8;
const magic = 0xa5000000;
export const maxContentBytes = 0xffffff;

export function frameOf(content: Uint8Array): Uint8Array {
  const made = new Uint8Array(headBytes + content.length);
  const view = new DataView(made.buffer);
  view.setUint32(0, magic + content.length);
  view.setUint32(4, crc32(content));
  made.set(content, headBytes);
  return made;
}

/** The content of the frame that begins at `at`, or null. */
export function contentAt(bytes: Uint8Array, at: number): Uint8Array | null {
  const start = at + headBytes;
  if (start > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, headBytes);
  const length = view.getUint32(0) - magic;
  if (length < 0 || length > bytes.length - start) return null;
  const content = bytes.subarray(start, start + length);
  return crc32(content) === view.getUint32(4) ? content : null;
}

/** Every whole frame, in order; what is damaged between them is passed over. `at` is where the frame begins. */
export function scanFrames(bytes: Uint8Array, take: (content: Uint8Array, at: number) => void): void {
  for (let at = 0; at < bytes.length; ) {
    const content = contentAt(bytes, at);
    if (content === null) at++;
    else {
      take(content, at);
      at += headBytes + content.length;
    }
  }
}

/** Deterministic CBOR of data on the disk. Throws when it is larger than a frame. */
export function bytesOf(tree: Tree): Uint8Array {
  const out = new Writer(maxContentBytes);
  writeTree(out, tree);
  return out.finish();
}

/** A small value of the storage; null when there is none, or none that is whole. */
export function getValue(storage: StoragePort, key: string): TreeMap | null {
  const bytes = storage.get(key);
  const content = bytes === null ? null : contentAt(bytes, 0);
  return content === null ? null : (decodeTree(content) as TreeMap | null);
}

/** Durable when it returns true. */
export function putValue(storage: StoragePort, key: string, value: TreeMap): boolean {
  return storage.put(key, frameOf(bytesOf(value)));
}
