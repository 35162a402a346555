import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createTableWriter, type TableWriter } from '../parquet/table-writer.ts';
import { readJournalLine, type TableHead } from './journal-lines.ts';

/** A file of the lake, whole. */
export interface LakeFile {
  /** With `/` between its parts, from the root of the lake. */
  path: string;
  content: Uint8Array;
}

/**
 * Reads a journal and makes a Parquet file of each of its tables and days (UTC, by when it happened). The same journal makes the same files
 * under the same names, so a file that is there already from an attempt that was broken off is replaced by itself.
 *
 * @param journal `bytes`: what of it counts. @param stem Of the files' names; no other journal has it.
 */
export async function journalFiles(
  journal: { path: string; bytes: number },
  stem: string,
): Promise<LakeFile[]> {
  if (journal.bytes === 0) return [];
  const files: Files = new Map();
  let heads: TableHead[] = [];
  let number = 0;
  const input = createReadStream(journal.path, { end: journal.bytes - 1 });
  for await (const text of createInterface({ input })) {
    number += 1;
    const line = readJournalLine(text);
    if (line === null)
      throw new Error(`${journal.path}, line ${number} is no line of ours: move it away to go on without it`);
    if ('head' in line) heads = line.head.number === 0 ? [line.head] : [...heads, line.head];
    else fileFor(heads[line.table]!, line.row, files).add(line.row);
  }
  return finished(files, stem);
}

type Files = Map<string, { folder: string; writer: TableWriter }>;

/** Two models of one product, or of two tenants, may have a point's columns otherwise: each gets a file of its own. */
function fileFor(head: TableHead, row: readonly unknown[], files: Files): TableWriter {
  const at = row[head.columns.findIndex(({ name }) => name === 'time')] as number;
  const folder = folderOf(head, new Date(at).toISOString().slice(0, 10));
  const key = `${folder} ${JSON.stringify([head.columns, head.metadata])}`;
  const found = files.get(key);
  if (found) return found.writer;
  const writer = createTableWriter(head.columns, head.metadata);
  files.set(key, { folder, writer });
  return writer;
}

/** Folders as Hive names them: query engines read columns from them. */
function folderOf({ product, point }: TableHead, day: string): string {
  const [productName, pointName] = [product, point].map(encodeURIComponent);
  return `product=${productName}/point=${pointName}/day=${day}`;
}

function finished(files: Files, stem: string): LakeFile[] {
  const inFolder = new Map<string, number>();
  return [...files.values()].map(({ folder, writer }) => {
    const n = (inFolder.get(folder) ?? 0) + 1;
    inFolder.set(folder, n);
    return { path: `${folder}/${stem}${n === 1 ? '' : `-${n}`}.parquet`, content: writer.finish() };
  });
}
