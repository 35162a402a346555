export { type AdminOptions, createAdmin } from './admin-part.ts';
export { type ConfigInput, type ConfigResult, loadConfig } from './config/load-config.ts';
export type { GatewayConfig, GatewayConfigInput } from './config/schema.ts';
export type { BatchLimits } from './domain/batch-plan.ts';
export type { ForwardPolicy } from './domain/forward-machine.ts';
export type * from './domain/ports.ts';
export type { ForwarderOptions, ForwarderStatus } from './forwarder-types.ts';
export { createForwarders, type Forwarders, type ForwardersOptions } from './forwarders.ts';
export { createGateway } from './gateway.ts';
export type * from './gateway-types.ts';
export { createLogger, type LogLevel } from './observability/logger.ts';
export {
  type DeviceRegistry,
  type Done,
  type Issued,
  openDeviceRegistry,
} from './registry/device-registry.ts';
export type { HistoryEntry, RegisteredDevice } from './registry/registry-rows.ts';
export { createHttpSink, type HttpSinkOptions } from './sinks/http-sink.ts';
export { createJsonlSink, type JsonlSinkOptions } from './sinks/jsonl-sink.ts';
export { createSqliteSink, type SqliteSinkOptions } from './sinks/sqlite-sink.ts';
export { type MemorySpool, type MemorySpoolOptions, memorySpool } from './spool/memory-spool.ts';
export { openSqliteSpool, type SqliteSpoolOptions } from './spool/sqlite-spool.ts';
export { type RecordingSink, recordingSink } from './testing/recording-sink.ts';
