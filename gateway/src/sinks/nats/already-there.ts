import { DeliverPolicy, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { Publication } from './publications.ts';

/** Clocks of gateway and server may differ by this. */
const SKEW_MS = 300_000;

/**
 * Ids of a batch's messages that the stream has already. Needed for the first batch of a connection: the one before it may have
 * broken after the stream took some, longer ago than the stream remembers ids (`duplicate_window`). Needed for old messages, too: another
 * gateway may have had them. None can be in the stream from before it was made, so its device's part of the stream is read from there on,
 * without payloads.
 */
export async function alreadyThere(
  { client, manager, stream }: { client: JetStreamClient; manager: JetStreamManager; stream: string },
  publications: readonly Publication[],
  sinceMs: number,
): Promise<Set<string>> {
  const ids = new Set<string>();
  const filters = new Set(publications.map(({ deviceFilter }) => deviceFilter));
  for (const filter of filters) {
    const newest = await manager.streams.getMessage(stream, { last_by_subj: filter });
    if (newest === null || newest.time.getTime() < sinceMs - SKEW_MS) continue;
    await collectIds(client, { stream, filter, fromMs: sinceMs - SKEW_MS, ids });
  }
  return ids;
}

async function collectIds(
  client: JetStreamClient,
  { stream, filter, fromMs, ids }: { stream: string; filter: string; fromMs: number; ids: Set<string> },
): Promise<void> {
  const consumer = await client.consumers.get(stream, {
    filter_subjects: filter,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(fromMs).toISOString(),
    headers_only: true,
  });
  let left = (await consumer.info()).num_pending;
  while (left > 0) {
    const messages = await consumer.fetch({ max_messages: Math.min(left, 1_000), expires: 5_000 });
    let read = 0;
    for await (const message of messages) {
      read += 1;
      ids.add(message.headers?.get('Nats-Msg-Id') ?? '');
    }
    // What was deleted from the stream meanwhile does not come.
    if (read === 0) return;
    left -= read;
  }
}
