import type { ModelTable, RawValue } from '@usewire/protocol/model';
import { type Tree, type TreeMap, Writer, writeTree } from '@usewire/protocol/wire';

/** One record of the open batch: point by its index in the table, uptime, raw values in field order (null = left out). */
export interface Row {
  point: number;
  atMs: number;
  values: RawValue[];
}

/**
 * A row as it stands on the disk: as a row of a plain message (POU-REC-4), but with its uptime for dt; a sample of a series has a 0 as
 * fourth item. So rows of a run that is over can be sent without the model that they were recorded with.
 */
export type StoredRow = Tree[];

const maxItemBytes = 256;

/** What stands at a negative key of a tree is its encoded item. */
function itemOf(value: Tree): Uint8Array {
  const out = new Writer(maxItemBytes);
  writeTree(out, value);
  return out.finish();
}

export function storedRow(table: ModelTable, row: Row): StoredRow {
  const point = table.points[row.point];
  const stored = [point.id, row.atMs] as StoredRow;
  if (point.kind === 'series') return stored.concat([row.values[0] as Tree, 0]);
  const map: TreeMap = {};
  for (let i = 0; i < point.fields.length; i++) {
    const key = point.fields[i].key;
    const value = row.values[i] as Tree;
    if (value === null) continue;
    if (i === 0 && point.hasValue) stored[2] = value;
    else map[key] = key < 0 ? itemOf(value) : value;
  }
  if (Object.keys(map).length === 0) return stored;
  // A value that is not there is null when attributes follow it.
  return [stored[0], stored[1], stored[2], map];
}

/** The array of label 7 in the plain form. At least one row; none before `baseMs`. */
export function plainRecords(rows: StoredRow[], baseMs: number): Uint8Array {
  const sorted = rows.slice(0).sort((a, b) => (a[1] as number) - (b[1] as number));
  let beforeMs = baseMs;
  const list = sorted.map((row) => {
    const atMs = row[1] as number;
    if (row[3] === 0) return [row[0], atMs - baseMs, [row[2]]];
    const made = [row[0], atMs - beforeMs].concat(row.slice(2) as number[]);
    beforeMs = atMs;
    return made;
  });
  const out = new Writer(0xffffff);
  writeTree(out, list as Tree);
  return out.finish();
}
