import { Admin, type ClusterTopicMetadata, Consumer, murmur2, Producer } from '@platformatic/kafka';

export interface KafkaSinkOptions {
  name: string;
  /** host:port; one of a cluster is enough. */
  brokers: readonly string[];
  /** Has to exist: it is never made here. */
  topic: string;
  /** Default false. */
  tls?: boolean;
  sasl?:
    | { mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'; username: string; password: string }
    | undefined;
  /** For a batch, from the connection to the last acknowledgement. Default 30,000. */
  timeoutMs?: number;
}

export type KafkaSettings = KafkaSinkOptions & { tls: boolean; timeoutMs: number };

export interface Link {
  producer: Producer;
  consumer: Consumer;
  metadata: ClusterTopicMetadata;
  /** Sent over this connection up to here; what begins later is not there yet. null = nothing so far: a batch may be half there. */
  sentUpTo: number | null;
}

/** Opens nothing yet: the client connects with its first request. */
export function clientOptions({ name, brokers, tls, sasl, timeoutMs }: KafkaSettings) {
  return {
    clientId: `usewire-${name}`,
    bootstrapBrokers: [...brokers],
    autocreateTopics: false,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    // Trying again is the forwarder's; once, because a leader may just have moved.
    retries: 1,
    retryDelay: 100,
    ...(tls ? { tls: {} } : {}),
    ...(sasl ? { sasl } : {}),
  };
}

/** Throws with what is wrong. `made` is told of what has to be closed, as soon as it is there. */
export async function openLink(
  options: KafkaSettings,
  made: (client: { close(): unknown }) => void,
): Promise<Link> {
  const base = clientOptions(options);
  await mustExist(options, made);
  const producer = new Producer({ ...base, idempotent: true, acks: -1 });
  made(producer);
  // Only looks: it never joins its group.
  const consumer = new Consumer({ ...base, groupId: `usewire-${options.name}-look` });
  made(consumer);
  consumer.topics.track(options.topic);
  const metadata = (await consumer.metadata({ topics: [options.topic] })).topics.get(options.topic)!;
  return { producer, consumer, metadata, sentUpTo: null };
}

/** The client asks for a topic that is not there for ever. */
export async function mustExist(
  options: KafkaSettings,
  made: (client: { close(): unknown }) => void,
): Promise<void> {
  const admin = new Admin(clientOptions(options));
  made(admin);
  const topics = await admin.listTopics();
  if (!topics.includes(options.topic)) throw new Error(`there is no topic "${options.topic}": make it`);
}

/** As Java's DefaultPartitioner: murmur2, without its sign. */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
