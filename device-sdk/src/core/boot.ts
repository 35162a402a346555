import { ByteBuffer, ByteCursor } from './byte-buffer.ts';
import { crc32 } from './crc32.ts';
import type { RandomPort, StoragePort } from './ports.ts';

/** One run of the device: a counter, or 8 random bytes where no counter can be trusted. */
export interface Boot {
  value: number | Uint8Array;
  /** Decimal counter, or 16 hex digits: for names and comparisons. */
  key: string;
}

const hexDigits = '0123456789abcdef';

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    text += hexDigits.charAt(bytes[i] >> 4) + hexDigits.charAt(bytes[i] & 15);
  }
  return text;
}

export function bootOf(value: number | Uint8Array): Boot {
  return { value: value, key: typeof value === 'number' ? String(value) : toHex(value) };
}

export function writeBoot(out: ByteBuffer, boot: Boot): void {
  if (typeof boot.value === 'number') {
    out.u8(0);
    out.varint(boot.value);
  } else {
    out.u8(1);
    out.raw(boot.value);
  }
}

export function readBoot(cursor: ByteCursor): Boot {
  return bootOf(cursor.u8() === 0 ? cursor.varint() : new Uint8Array(cursor.take(8)));
}

/** A small value with its CRC-32; null when there is none, false when it is damaged. */
export function getChecked(storage: StoragePort, key: string): Uint8Array | null | false {
  const bytes = storage.get(key);
  if (bytes === null) return null;
  const end = bytes.length - 4;
  if (end < 0) return false;
  const stored = new ByteCursor(bytes, end, bytes.length).u32();
  return stored === crc32(bytes, 0, end) ? bytes.subarray(0, end) : false;
}

export function putChecked(storage: StoragePort, key: string, value: Uint8Array): boolean {
  const out = new ByteBuffer(value.length + 4);
  out.raw(value);
  out.u32(crc32(value, 0, value.length));
  return storage.put(key, out.copy(0, out.size));
}

const bootKey = 'boot';
const maxU32 = 4294967295;

function putCounter(storage: StoragePort, counter: number): boolean {
  const out = new ByteBuffer(8);
  out.varint(counter);
  return putChecked(storage, bootKey, out.copy(0, out.size));
}

/**
 * The boot of this run, never one that was used before. With no counter to continue (first start, wiped or damaged storage, or a
 * counter that cannot be written) it is random: counting from 1 again would repeat the names of messages that a gateway already has.
 */
export function nextBoot(storage: StoragePort, random: RandomPort): Boot {
  const stored = getChecked(storage, bootKey);
  if (stored) {
    const counter = new ByteCursor(stored, 0, stored.length).varint() + 1;
    if (counter <= maxU32 && putCounter(storage, counter)) return bootOf(counter);
  } else {
    // Later boots count on from a random place, so that a storage that is wiped twice does not count over the same numbers.
    putCounter(storage, 65536 + Math.floor(random.next() * 2147483648));
  }
  const id = new Uint8Array(8);
  random.fill(id);
  return bootOf(id);
}
