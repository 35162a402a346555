/** Why there is no Kafka here; null = there is. Its jars are fetched once, by Maven, into node_modules/.cache. */
export function whyNoKafka(): string | null;

export interface KafkaServer {
  broker: string;
  /** SIGKILL; what it stored stays. */
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  remove(): Promise<void>;
}

/** A real broker of its own: KRaft, one node, data in a temporary folder. */
export function startKafka(): Promise<KafkaServer>;
