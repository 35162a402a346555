import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, type Model, type ModelTable, modelTable } from '@usewire/protocol/model';
import { toHex } from '@usewire/protocol/wire';
import type { SpoolStore } from '../domain/ports.ts';
import { SCHEMA_VERSION, schemaVersion } from '../spool/schema.ts';
import { openDatabase } from '../spool/sqlite.ts';
import { sqliteSpool } from '../spool/sqlite-spool.ts';
import { unavailable } from './start-failure.ts';

export interface StoreReader {
  spool: SpoolStore;
  /** By hex of the 4-byte hash. */
  models: Map<string, { model: Model; table: ModelTable }>;
}

const NO_LIMITS = { maxBytes: 0, maxQuarantineBytes: 0, maxQuarantineBytesPerDevice: 0 };

/** Opens the store of a data folder without a gateway, or beside a running one: nothing is written. */
export function readStore(directory: string): StoreReader {
  const path = join(directory, 'spool.db');
  if (!existsSync(path))
    throw unavailable(`${directory} holds no store of a gateway (there is no spool.db).`);
  const db = openDatabase(path);
  db.exec('PRAGMA query_only = 1');
  const version = schemaVersion(db);
  if (version !== SCHEMA_VERSION) {
    throw unavailable(
      `The store in ${directory} has schema version ${version}, this command reads ${SCHEMA_VERSION}; a gateway of this version brings an older store up to it when it starts.`,
    );
  }
  const spool = sqliteSpool(db, { directory, ...NO_LIMITS });
  return { spool, models: storedModels(spool.load().models.map(({ bytes }) => bytes)) };
}

function storedModels(all: readonly Uint8Array[]): StoreReader['models'] {
  const models: StoreReader['models'] = new Map();
  for (const bytes of all) {
    const decoded = decodeModel(bytes);
    if (!decoded.ok) continue;
    const table = modelTable(decoded.value);
    models.set(toHex(table.hash.subarray(0, 4)), { model: decoded.value, table });
  }
  return models;
}
