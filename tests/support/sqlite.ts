import { createRequire } from 'node:module';
import type { DatabaseSync as PackageDatabase } from '@photostructure/sqlite';

const builtin = process.getBuiltinModule?.('node:sqlite') as
  | { DatabaseSync: typeof PackageDatabase }
  | undefined;

/**
 * The SQLite that the gateway uses on this Node. It has to be the same one: file locks are per process, so two copies of SQLite in one
 * process do not see each other's.
 */
export const DatabaseSync: typeof PackageDatabase =
  builtin?.DatabaseSync ?? createRequire(import.meta.url)('@photostructure/sqlite').DatabaseSync;
