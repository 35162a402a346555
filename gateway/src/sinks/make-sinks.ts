import type { SinkConfig } from '../config/schema.ts';
import type { Clock, Sink } from '../domain/ports.ts';
import { createHttpSink } from './http-sink.ts';
import { createJsonlSink } from './jsonl-sink.ts';
import { createKafkaSink } from './kafka-sink.ts';
import { createMqttSink } from './mqtt-sink.ts';
import { createNatsSink } from './nats-sink.ts';
import { createOtlpSink } from './otlp-sink.ts';
import { createParquetSink } from './parquet-sink.ts';
import { createPostgresSink } from './postgres-sink.ts';
import { createS3Sink } from './s3-sink.ts';
import { createSqliteSink } from './sqlite-sink.ts';

/** The sinks of a configuration. Nothing is opened before the first batch. */
export function makeSinks(configs: readonly SinkConfig[], clock: Clock): Sink[] {
  return configs.map((config) => makeSink(config, clock));
}

function makeSink(config: SinkConfig, clock: Clock): Sink {
  switch (config.type) {
    case 'sqlite':
      return createSqliteSink(config);
    case 'jsonl':
      return createJsonlSink(config, clock);
    case 'http':
      return createHttpSink(config, clock);
    case 'kafka':
      return createKafkaSink(config);
    case 'mqtt':
      return createMqttSink(config, clock);
    case 'nats':
      return createNatsSink(config);
    case 'otlp':
      return createOtlpSink(config, clock);
    case 'parquet':
      return createParquetSink(config);
    case 'postgres':
      return createPostgresSink(config);
    case 's3':
      return createS3Sink(config);
  }
}
