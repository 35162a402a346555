import { putChecked } from '../core/boot.ts';
import { ByteBuffer } from '../core/byte-buffer.ts';
import type { StoragePort } from '../core/index.ts';

/**
 * Makes a storage that of an old device: its last boot had this number (0 to 4,294,967,295), the next one counts on. After the highest
 * number boots are random ids. Throws when the storage does not take it.
 */
export function storeBootCounter(storage: StoragePort, counter: number): void {
  const out = new ByteBuffer(8);
  out.varint(counter);
  if (!putChecked(storage, 'boot', out.copy(0, out.size))) throw new Error('the storage did not take it');
}
