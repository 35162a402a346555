import type { Spool } from './ports.ts';

/**
 * The first position behind `from` whose message was received after a time; the one behind the newest when there is none. A search by halves: positions
 * grow with the time of receipt, but for clocks that were set back.
 */
export function positionReceivedAfter(
  store: Pick<Spool, 'readAfter' | 'lastPosition'>,
  ms: number,
  from = 0,
): number {
  let [old, young] = [from, store.lastPosition() + 1];
  while (old + 1 < young) {
    const middle = (old + young) >>> 1;
    const [row] = store.readAfter(middle - 1, { messages: 1, bytes: 1 });
    if (row === undefined || row.receivedAtMs > ms) young = middle;
    else old = Math.max(middle, Math.min(row.position, young - 1));
  }
  return young;
}
