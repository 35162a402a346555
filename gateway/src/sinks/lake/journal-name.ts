import { randomBytes } from 'node:crypto';
import type { Checkpoint } from '../jsonl/checkpoint.ts';

const END = '.journal';

/**
 * Names a journal, and by that its files: its hour, the first position in it, and four random bytes, because positions of two gateways that
 * write into one bucket are the same.
 */
export function journalName(firstPosition: number, nowMs: number): string {
  const hour = new Date(nowMs).toISOString().slice(0, 13);
  return `${hour}-${String(firstPosition).padStart(12, '0')}-${randomBytes(4).toString('hex')}${END}`;
}

export function stemOf(journal: string): string {
  return journal.slice(0, -END.length);
}

/** When a journal's time is over, Unix ms; never for one that is not begun. */
export function dueAtMs(
  { file, openedAtMs }: Checkpoint,
  { rotateAfterSeconds }: { rotateAfterSeconds: number },
): number {
  if (file === '') return Number.POSITIVE_INFINITY;
  const periodMs = rotateAfterSeconds * 1_000;
  return (Math.floor(openedAtMs / periodMs) + 1) * periodMs;
}
