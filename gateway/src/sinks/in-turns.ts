import { setImmediate } from 'node:timers/promises';

/**
 * Works through a list in portions, with a turn of the event loop between them: a batch of a thousand records must not
 * hold up the acknowledgements of devices.
 */
export async function inTurns<T>(
  items: readonly T[],
  perTurn: number,
  work: (portion: readonly T[]) => void,
): Promise<void> {
  for (let at = 0; at < items.length; at += perTurn) {
    if (at > 0) await setImmediate();
    work(items.slice(at, at + perTurn));
  }
}
