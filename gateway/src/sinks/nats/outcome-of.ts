import { JetStreamApiError } from '@nats-io/jetstream';
import { TooLarge } from '../message-groups.ts';
import { type Failed, problemOf, rejected, retryLater } from '../outcome.ts';

/** Error codes of JetStream (nats-server, server/errors.json) that the same message meets every time: it is larger than the stream takes. */
const MESSAGE_EXCEEDS_MAXIMUM = 10_054;

export function outcomeOf(error: unknown, signal: AbortSignal): Failed {
  if (signal.aborted) return retryLater('the gateway is stopping');
  if (error instanceof TooLarge) return rejected(error.message);
  if (error instanceof JetStreamApiError && error.code === MESSAGE_EXCEEDS_MAXIMUM)
    return rejected(`${error.code}: ${error.message}`);
  const name = error instanceof Error ? `${error.name}: ` : '';
  return retryLater(name + problemOf(error));
}
