import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, type Model, type ModelTable, modelTable } from '@usewire/protocol/model';
import { recordPage } from '../admin/records.ts';
import { createRecordDecoder } from '../domain/forward-records.ts';
import { openDatabase } from '../spool/sqlite.ts';
import { sqliteSpool } from '../spool/sqlite-spool.ts';
import type { RecordFeed, TailRecord } from './record-feed.ts';
import { unavailable } from './start-failure.ts';

const NO_LIMITS = { maxBytes: 0, maxQuarantineBytes: 0, maxQuarantineBytesPerDevice: 0 };
const PAGE = 1_000;

/** Reads a store without a gateway, or beside a running one: nothing is written. */
export function openStoreFeed(directory: string): RecordFeed {
  const path = join(directory, 'spool.db');
  if (!existsSync(path))
    throw unavailable(`${directory} holds no store of a gateway (there is no spool.db).`);
  const db = openDatabase(path);
  db.exec('PRAGMA query_only = 1');
  const spool = sqliteSpool(db, { directory, ...NO_LIMITS });
  const newest = spool.lastPosition();
  const models = storedModels(spool.load().models.map(({ bytes }) => bytes));
  const decode = createRecordDecoder({
    model: (hash) => models.get(hash)?.model,
    modelTable: (hash) => models.get(hash)?.table,
  });
  return {
    async page(after) {
      const { text, next } = recordPage({ spool, decode }, after === 'end' ? newest : after, PAGE);
      const lines = text.split('\n').filter((line) => line !== '');
      return { records: lines.map((line) => JSON.parse(line) as TailRecord), next };
    },
  };
}

function storedModels(all: readonly Uint8Array[]): Map<string, { model: Model; table: ModelTable }> {
  const models = new Map<string, { model: Model; table: ModelTable }>();
  for (const bytes of all) {
    const decoded = decodeModel(bytes);
    if (!decoded.ok) continue;
    const table = modelTable(decoded.value);
    models.set(Buffer.from(table.hash.subarray(0, 4)).toString('hex'), { model: decoded.value, table });
  }
  return models;
}
