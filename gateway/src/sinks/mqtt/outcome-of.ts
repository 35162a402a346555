import type { SinkOutcome } from '../../domain/ports.ts';
import { TooLarge } from '../message-groups.ts';
import { problemOf, rejected, retryLater } from '../outcome.ts';
import { Unsayable } from './publication.ts';

/** MQTT 5.0, 3.4.2.1: reason codes that the same message meets every time: topic name invalid, payload format invalid. */
const HOPELESS = new Set([0x90, 0x99]);

export function outcomeOf(error: unknown, signal: AbortSignal): SinkOutcome {
  if (signal.aborted) return retryLater('the gateway is stopping');
  if (error instanceof TooLarge || error instanceof Unsayable) return rejected(error.message);
  const { code } = error as { code?: unknown };
  return HOPELESS.has(code as number) ? rejected(problemOf(error)) : retryLater(problemOf(error));
}
