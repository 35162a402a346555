import type { ClusterTopicMetadata, Consumer } from '@platformatic/kafka';
import { identityOf, type KafkaMessage } from './messages.ts';

/** Clocks of gateway and brokers may differ by this. */
const SKEW_MS = 300_000;
const FETCH_BYTES = 4_194_304;

interface Place {
  consumer: Consumer;
  topic: string;
  metadata: ClusterTopicMetadata;
}

/**
 * Identities that the batch's partitions have already, since the gateway received the first of its messages. Needed for the first
 * batch of a connection: the one before it may have broken after the brokers took some. Kafka's own idempotence ends with the
 * producer's connection.
 */
export async function alreadyThere(
  place: Place,
  messages: readonly KafkaMessage[],
  receivedAtMs: number,
): Promise<Set<string>> {
  const partitions = [...new Set(messages.map(({ partition }) => partition))];
  const { consumer, topic } = place;
  const wanted = { topics: [topic], partitions: { [topic]: partitions } };
  const timestamp = BigInt(Math.round(receivedAtMs) - SKEW_MS);
  const from = (await consumer.listOffsetsWithTimestamps({ ...wanted, timestamp })).get(topic);
  const ends = (await consumer.listOffsets({ ...wanted, timestamp: -1n })).get(topic);
  const found = new Set<string>();
  for (const partition of partitions) {
    const first = from?.get(partition)?.offset ?? -1n;
    // -1: nothing is as new as that.
    if (first >= 0n) await collect(place, { partition, first, end: ends?.[partition] ?? 0n }, found);
  }
  return found;
}

async function collect(
  { consumer, metadata }: Place,
  { partition, first, end }: { partition: number; first: bigint; end: bigint },
  found: Set<string>,
): Promise<void> {
  const node = metadata.partitions[partition]!.leader;
  let fetchOffset = first;
  while (fetchOffset < end) {
    const asked = {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset,
      lastFetchedEpoch: -1,
      partitionMaxBytes: FETCH_BYTES,
    };
    const topics = [{ topicId: metadata.id, partitions: [asked] }];
    const answer = await consumer.fetch({
      node,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      maxWaitTime: 1_000,
      topics,
    });
    const next = read(answer.responses[0]?.partitions[0], found);
    if (next === null || next <= fetchOffset) return;
    fetchOffset = next;
  }
}

type FetchAnswer = Awaited<ReturnType<Consumer['fetch']>>;
type FetchedPartition = FetchAnswer['responses'][number]['partitions'][number];

/** Returns the offset behind the last record; null = there was none. */
function read(partition: FetchedPartition | undefined, found: Set<string>): bigint | null {
  let next: bigint | null = null;
  for (const batch of partition?.records ?? []) {
    next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    for (const record of batch.records) {
      const text = (name: string) =>
        record.headers.find(([key]) => key?.toString() === name)?.[1]?.toString() ?? '';
      found.add(identityOf(text('ce_source'), text('ce_id')));
    }
  }
  return next;
}
