import type { ModelTable } from '@usewire/protocol/model';
import type { Tree } from '@usewire/protocol/wire';
import { type Row, storedRow } from './rows.ts';

/** Rows of one subject and one priority that are not part of a message yet; they number on within the run. */
export interface Batch {
  /** 4 x subject slot + lane. */
  key: number;
  epoch: number;
  rows: Row[];
  /** Number of rows[0]. */
  first: number;
  /** Of `rows`, from the first on: on the disk. */
  handed: number;
  /** Estimated, of all rows. */
  bytes: number;
  openedAtMs: number;
  /** Before rows[0]: part of messages that are not durable yet. */
  leaving: { epoch: number; first: number; rows: Row[]; stamp: number }[];
}

export interface Batches {
  all: Batch[];
  /** The batch of a key; made when there is none. */
  of(key: number): Batch;
  add(batch: Batch, row: Row, epoch: number): void;
  /** The first `count` rows are part of messages, durable with `stamp`: until then a loss of power could take these. */
  drop(batch: Batch, count: number, stamp: number): void;
  /** `[key, epoch, first, ...rows]` of what the disk does not have yet, or of everything. */
  trees(isWhole: boolean): Tree[];
  /** All rows are on the disk. */
  handed(): void;
  unhanded(): number;
  /** Gives up what the disk does not have; answers how many rows that are. */
  dropUnhanded(): number;
  /** Rows that wait. */
  count(): number;
}

/** A row and its list; values of numbers are within. */
const rowBytes = 12;

/** Estimated bytes. */
export function sizeOf(row: Row): number {
  let size = rowBytes;
  for (let i = 0; i < row.values.length; i++) {
    const value = row.values[i] as { length?: number } | null;
    size += 2 + (value === null ? 0 : value.length || 0);
  }
  return size;
}

export function createBatches(table: ModelTable, isDurable: (stamp: number) => boolean): Batches {
  const sum = (figure: (batch: Batch) => number): number =>
    batches.all.reduce((total, batch) => total + figure(batch), 0);
  const settle = (batch: Batch): void => {
    batch.leaving = batch.leaving.filter((each) => !isDurable(each.stamp));
  };
  const batches: Batches = {
    all: [],
    of: (key) => {
      const found = batches.all.filter((batch) => batch.key === key)[0];
      if (found !== undefined) return found;
      const made = { key, epoch: 0, rows: [], first: 0, handed: 0, bytes: 0, openedAtMs: 0, leaving: [] };
      batches.all.push(made);
      return made;
    },
    add: (batch, row, epoch) => {
      if (batch.rows.length === 0) {
        batch.openedAtMs = row.atMs;
        batch.epoch = epoch;
      }
      batch.rows.push(row);
      batch.bytes += sizeOf(row);
    },
    drop: (batch, count, stamp) => {
      const dropped = batch.rows.splice(0, count);
      settle(batch);
      batch.leaving.push({ epoch: batch.epoch, first: batch.first, rows: dropped, stamp });
      batch.first += count;
      batch.handed = Math.max(0, batch.handed - count);
      for (let i = 0; i < dropped.length; i++) batch.bytes -= sizeOf(dropped[i]);
    },
    trees: (isWhole) => {
      const trees: Tree[] = [];
      const put = (batch: Batch, epoch: number, first: number, rows: Row[]): void => {
        const head: Tree[] = [batch.key, epoch, first];
        trees.push(head.concat(rows.map((row) => storedRow(table, row))));
      };
      for (let i = 0; i < batches.all.length; i++) {
        const batch = batches.all[i];
        settle(batch);
        for (let j = 0; isWhole && j < batch.leaving.length; j++) {
          const left = batch.leaving[j];
          put(batch, left.epoch, left.first, left.rows);
        }
        const from = isWhole ? 0 : batch.handed;
        if (isWhole || from < batch.rows.length)
          put(batch, batch.epoch, batch.first + from, batch.rows.slice(from));
      }
      return trees;
    },
    handed: () => {
      for (let i = 0; i < batches.all.length; i++) batches.all[i].handed = batches.all[i].rows.length;
    },
    unhanded: () => sum((batch) => batch.rows.length - batch.handed),
    dropUnhanded: () =>
      sum((batch) => {
        const dropped = batch.rows.splice(batch.handed, batch.rows.length);
        for (let i = 0; i < dropped.length; i++) batch.bytes -= sizeOf(dropped[i]);
        return dropped.length;
      }),
    count: () => sum((batch) => batch.rows.length),
  };
  return batches;
}
