import { head, type Octets } from './octets.ts';
import type { Batch, Block } from './state.ts';

/** A row of `items` items: point, time, and `tail`, which holds the rest (POU-REC-4). */
export function addRow(batch: Batch, id: number, atMs: number, items: number, tail: Octets): void {
  batch.body += head(128, items) + head(0, id) + head(0, atMs - batch.last) + tail;
  batch.last = atMs;
  batch.entries++;
}

export function closeBlock(batch: Batch, block: Block): void {
  const offset = head(0, block.at - batch.base);
  batch.body += head(128, 3) + head(0, block.id) + offset + head(128, block.count) + block.body;
  batch.entries++;
}
