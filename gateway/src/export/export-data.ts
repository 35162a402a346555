import { existsSync } from 'node:fs';
import { everything } from '../domain/consent/coverage.ts';
import { coversRecord } from '../domain/erasure/erasure.ts';
import { createRecordDecoder } from '../domain/forward-records.ts';
import type { ModelSource, SourceModel } from '../domain/model-source.ts';
import type { SinkRecord, SpoolStore, Tombstone } from '../domain/ports.ts';
import { type PointTable, pointTable, rowOf } from '../sinks/parquet/point-table.ts';
import { openDatabase } from '../spool/sqlite.ts';
import { type ExportFile, type ExportFormat, openExportFile } from './export-files.ts';
import { storedPoints, storedRows } from './store-rows.ts';

export interface ExportRequest {
  /** Whose, and from when to when: what an erasure of the same words would take. */
  wanted: Tombstone;
  format: ExportFormat;
  /** A folder that is there. */
  directory: string;
}

export interface ExportSources {
  spool: SpoolStore;
  model: ModelSource;
  /** Every model of the tenant, the newest version last. */
  models: readonly SourceModel[];
  /** File of the SQLite store; null = there is none. */
  store: string | null;
}

export interface Exported {
  files: { name: string; records: number }[];
  records: number;
  models: readonly SourceModel[];
}

/** Everything of a person that the store and the spool hold, one file a point. Others' records are left out. */
export function exportData(request: ExportRequest, sources: ExportSources): Exported {
  const files = new Map<string, { file: ExportFile; table: PointTable }>();
  const used = new Set<SourceModel>();

  function fileOf(source: SourceModel, point: string): { file: ExportFile; table: PointTable } {
    const key = `${source.table.product}.${point}`;
    const known = files.get(key);
    if (known !== undefined) return known;
    const table = pointTable(source.model, point);
    const made = { file: openExportFile(request.directory, table, request.format), table };
    files.set(key, made);
    used.add(source);
    return made;
  }

  const seen = fromStore(request.wanted, sources, fileOf);
  for (const record of spoolRecords(request.wanted, sources)) {
    const source = newest(sources, record.product, record.pointId);
    if (source === undefined || seen.has(identityOf(record))) continue;
    const { file, table } = fileOf(source, record.point);
    file.add(rowOf(table, record));
  }
  const done = [...files.values()].map(({ file }) => ({ name: file.name, records: file.finish() }));
  return { files: done, records: done.reduce((sum, { records }) => sum + records, 0), models: [...used] };
}

/** Adds what is in the store; returns the identities of what the spool may hold as well. */
function fromStore(
  wanted: Tombstone,
  { store, ...sources }: ExportSources,
  fileOf: (source: SourceModel, point: string) => { file: ExportFile; table: PointTable },
): Set<string> {
  const seen = new Set<string>();
  if (store === null || !existsSync(store)) return seen;
  const db = openDatabase(store);
  try {
    db.exec('PRAGMA query_only = 1');
    for (const { product, pointId, table: name } of storedPoints(db)) {
      const source = newest(sources, product, pointId);
      const point = source && nameOf(source, pointId);
      if (source === undefined || point === undefined) continue;
      const columns = pointTable(source.model, point).columns;
      const at = ['boot', 'seq', 'idx'].map((wantedName) =>
        columns.findIndex((column) => column.name === wantedName),
      );
      for (const row of storedRows(db, name, columns, wanted)) {
        seen.add(at.map((i) => row[i]).join('/'));
        fileOf(source, point).file.add(row);
      }
    }
    return seen;
  } finally {
    db.close();
  }
}

function* spoolRecords(wanted: Tombstone, { spool, model }: ExportSources): Generator<SinkRecord> {
  const decode = createRecordDecoder(model, everything);
  const through = spool.lastPosition();
  for (let after: number | null = 0; after !== null; ) {
    const { end, messages } = spool.erasing.window(wanted, after, through);
    for (const message of messages) {
      const decoded = decode([message]);
      // What no model reads any more is no record.
      if (decoded.ok) yield* decoded.records.filter((record) => coversRecord(wanted, record));
    }
    after = end;
  }
}

function newest(
  { models }: Pick<ExportSources, 'models'>,
  product: string,
  pointId: number,
): SourceModel | undefined {
  return models.findLast(
    (source) => source.table.product === product && nameOf(source, pointId) !== undefined,
  );
}

/** 0 = gap records: what was lost. */
function nameOf({ table }: SourceModel, pointId: number): string | undefined {
  return table.points.find(({ id }) => id === pointId)?.name;
}

function identityOf({ boot, seq, index }: SinkRecord): string {
  return `${boot}/${seq}/${index}`;
}
