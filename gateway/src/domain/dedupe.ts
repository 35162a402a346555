import type { BootEntry } from './device-entry.ts';

/** Holes kept a boot: beyond that, a new hole is refused without an answer, so that nothing is forgotten. */
export const MAX_RANGES = 4_096;

/**
 * new: not seen before, and now marked as taken. duplicate: stored already, or on its way; its answer goes into the
 * group that is being gathered, which commits after the one that holds the original.
 */
export type Seen = 'new' | 'duplicate' | 'too-many-gaps';

export function mark(boot: BootEntry, seq: number): Seen {
  if (boot.taken.has(seq)) return 'duplicate';
  if (boot.taken.rangeCount() >= MAX_RANGES && seq !== boot.taken.highest() + 1) return 'too-many-gaps';
  boot.taken.add(seq);
  return 'new';
}

/** It is stored. */
export function confirm(boot: BootEntry, seq: number): void {
  boot.stored.add(seq);
  boot.dirty = true;
}
