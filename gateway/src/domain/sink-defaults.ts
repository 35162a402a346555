import type { SinkTraits } from './ports.ts';

/** What a sink does when nobody says otherwise: the same in `usewire.yaml` and in a program. */
export const JSONL_DEFAULTS = { rotateBytes: 67_108_864, rotateAfterSeconds: 3_600 };
export const PARQUET_DEFAULTS = { rotateBytes: 33_554_432, rotateAfterSeconds: 3_600 };
export const S3_DEFAULTS = {
  ...PARQUET_DEFAULTS,
  prefix: '',
  region: 'us-east-1',
  timeoutMs: 30_000,
};
export const HTTP_DEFAULTS = { headers: {}, gzip: true, timeoutMs: 10_000 };
export const POSTGRES_DEFAULTS = { schema: 'usewire', timeoutMs: 10_000 };
export const NATS_DEFAULTS = {
  subjectPrefix: 'usewire',
  singleReplicaSyncs: false,
  timeoutMs: 10_000,
};
export const MQTT_DEFAULTS = {
  protocolVersion: 5 as 4 | 5,
  payload: 'json' as 'json' | 'senml-cbor' | 'sparkplug-b',
  topic: 'usewire/{tenant}/{device}/{product}/{point}',
  timeoutMs: 10_000,
};
export const KAFKA_DEFAULTS = { tls: false, timeoutMs: 30_000 };

/** What each type of sink can bear; one that is not here keeps the order, one batch at a time: a file or a stream is read in its order. */
export const SINK_TRAITS = {
  sqlite: { order: 'any', maxConcurrent: 1 },
  http: { order: 'any', maxConcurrent: 16 },
  postgres: { order: 'any', maxConcurrent: 4 },
} as const satisfies Record<string, SinkTraits>;
