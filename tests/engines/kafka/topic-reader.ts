import { Admin, Consumer } from '@platformatic/kafka';

const base = { clientId: 'tests', retries: 3, retryDelay: 100, timeout: 5_000 };

/** One record of a topic, as a consumer sees it. */
export interface TopicRecord {
  partition: number;
  key: string;
  headers: Record<string, string>;
  data: { device: string; point: string; value?: unknown };
}

/** The broker listens before it is ready to answer: the client tries again. */
export async function withAdmin<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ ...base, retries: 20, retryDelay: 250, bootstrapBrokers: [broker] });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** Everything in a topic, partition by partition; nothing when there is no such topic. */
export async function readTopic(broker: string, topic: string): Promise<TopicRecord[]> {
  const topics = await withAdmin(broker, (admin) => admin.listTopics());
  if (!topics.includes(topic)) return [];
  const consumer = new Consumer({ ...base, bootstrapBrokers: [broker], groupId: 'tests' });
  try {
    consumer.topics.track(topic);
    const { id, partitions } = (await consumer.metadata({ topics: [topic] })).topics.get(topic)!;
    const ends = (await consumer.listOffsets({ topics: [topic], timestamp: -1n })).get(topic)!;
    const found: TopicRecord[] = [];
    for (const [partition, { leader }] of partitions.entries()) {
      for (let offset = 0n; offset < (ends[partition] ?? 0n); ) {
        const asked = { partition, currentLeaderEpoch: -1, lastFetchedEpoch: -1, fetchOffset: offset };
        const answer = await consumer.fetch({
          ...{ node: leader, minBytes: 1, maxBytes: 4_194_304, maxWaitTime: 1_000 },
          topics: [{ topicId: id, partitions: [{ ...asked, partitionMaxBytes: 4_194_304 }] }],
        });
        for (const batch of answer.responses[0]?.partitions[0]?.records ?? []) {
          offset = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
          for (const { key, value, headers } of batch.records) {
            const named = headers.map(([name, text]) => [String(name), String(text)]);
            const data = JSON.parse(String(value)) as TopicRecord['data'];
            found.push({ partition, key: String(key), headers: Object.fromEntries(named), data });
          }
        }
      }
    }
    return found;
  } finally {
    await consumer.close();
  }
}
