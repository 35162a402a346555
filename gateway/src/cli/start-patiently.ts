import type { Log } from '../domain/ports.ts';
import { unwritable } from './start-failure.ts';

export interface Patience {
  log: Log;
  /** Resolves when the operator wants the process to end. */
  ended: Promise<void>;
  /** Resolves after the time, or as soon as `signal` aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * Starts, and while the disk is full, fails or may not be written, tries again: a machine that comes up with a full disk must serve its
 * devices when there is room, without somebody who starts the gateway then. Null = asked to end meanwhile. Throws what waiting does not mend.
 */
export async function startPatiently<T>(start: () => Promise<T>, patience: Patience): Promise<T | null> {
  let told = '';
  const end = new AbortController();
  void patience.ended.then(() => end.abort());
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await start();
    } catch (error) {
      const reason = unwritable(error);
      if (reason === null) throw error;
      if (reason !== told) patience.log.error('gateway.waiting', { reason });
      told = reason;
    }
    await patience.pause(waitMs, end.signal);
    if (end.signal.aborted) return null;
  }
}
