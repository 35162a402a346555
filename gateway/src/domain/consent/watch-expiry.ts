import type { IntakeContext } from '../intake-context.ts';
import type { Scheduler } from '../ports.ts';
import { expireAll } from './expire.ts';

/** Grants count as over the moment they are; the ledger and the device hear of it within this. */
const INTERVAL_MS = 1_000;

/** Returns the way to stop it. */
export function watchExpiry(context: IntakeContext, scheduler: Scheduler): () => void {
  let cancel = scheduler.after(INTERVAL_MS, turn);
  function turn(): void {
    expireAll(context);
    cancel = scheduler.after(INTERVAL_MS, turn);
  }
  return () => cancel();
}
