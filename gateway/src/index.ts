export type * from './domain/ports.ts';
export { createGateway } from './gateway.ts';
export type * from './gateway-types.ts';
export { type MemorySpool, type MemorySpoolOptions, memorySpool } from './spool/memory-spool.ts';
export { openSqliteSpool, type SqliteSpoolOptions } from './spool/sqlite-spool.ts';
