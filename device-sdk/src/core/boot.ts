import { getValue, putValue } from './frame.ts';
import type { RandomPort, StoragePort } from './ports.ts';

/** One run of the device: a counter, or 8 random bytes where no counter can be trusted. */
export type Boot = number | Uint8Array;

/** Decimal counter, or 16 hex digits: for names and comparisons. */
export function bootKey(boot: Boot): string {
  if (typeof boot === 'number') return String(boot);
  let key = '';
  for (let i = 0; i < boot.length; i++) key += (256 + boot[i]).toString(16).substring(1);
  return key;
}

const valueName = 'boot';
const maxCounter = 4294967295;

/**
 * The boot of this run, never one that was used before. With no counter to continue (first start, wiped or damaged storage, or a
 * counter that cannot be written) it is random: counting from 1 again would repeat the names of messages that a gateway already has.
 */
export function nextBoot(storage: StoragePort, random: RandomPort): Boot {
  const stored = getValue(storage, valueName);
  if (stored !== null) {
    const counter = (stored[0] as number) + 1;
    if (counter <= maxCounter && putValue(storage, valueName, { 0: counter })) return counter;
  } else {
    // Later boots count on from a random place, so that a storage that is wiped twice does not count over the same numbers.
    putValue(storage, valueName, { 0: 65536 + Math.floor(random.next() * 2147483648) });
  }
  const id = new Uint8Array(8);
  random.fill(id);
  return id;
}
