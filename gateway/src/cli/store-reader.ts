import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSource, SourceModel } from '../domain/model-source.ts';
import { type Models, modelRegistry } from '../domain/models.ts';
import type { SpoolStore, StoredModel } from '../domain/ports.ts';
import { SCHEMA_VERSION, schemaVersion } from '../spool/schema.ts';
import { openDatabase } from '../spool/sqlite.ts';
import { sqliteSpool } from '../spool/sqlite-spool.ts';
import { unavailable } from './start-failure.ts';

export interface StoreReader {
  spool: SpoolStore;
  /** The operator's, else what devices of the tenant told. */
  model: ModelSource;
  /** All of them, by rising version. */
  models: readonly SourceModel[];
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
  const models = storedModels(spool.load().models);
  const all = models.all().map(({ model }) => model);
  return { spool, model: models.find, models: all.sort((a, b) => a.model.version - b.model.version) };
}

function storedModels(all: readonly StoredModel[]): Models {
  const models = modelRegistry({ maxModels: 0, maxModelsPerTenant: 0 });
  for (const { tenant, bytes } of all) models.restore(tenant, bytes);
  return models;
}
