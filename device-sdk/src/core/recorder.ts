import type { ModelTable } from '@usewire/protocol/model';
import { type PreparedField, prepareFields, writeField } from './fields.ts';
import type { Batch, Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { Cause } from './marks.ts';
import { Lane } from './message-frame.ts';
import { writeRowHead } from './row.ts';

export type Given = { [name: string]: unknown } | undefined;

/** A point of one subject, ready to be recorded. */
export interface Target {
  point: number;
  slot: number;
  lane: number;
  resolutionMs: number;
  fields: PreparedField[];
  hasValue: boolean;
  /** Where each field comes from: the value, the attributes or the context. */
  sources: ('value' | 'attribute' | 'context')[];
  purpose: string;
  needsConsent: boolean;
}

export interface Recorder {
  target(point: number, slot: number): Target;
  /** Nothing is recorded, nothing counted: the device is stopped, or a person has not granted the purpose. */
  isRefused(target: Target): boolean;
  /** One record. False when it was refused or lost; a loss is counted. Never throws. */
  record(target: Target, atMs: number, value: unknown, attributes: Given, context: Given): boolean;
  /** One record whose values are rows' bytes already. */
  recordRaw(target: Target, atMs: number, write: (batch: Batch) => void): boolean;
  /** Counts a call that could not become a record. */
  refuse(): void;
  accepted(): number;
}

export interface RecorderContext {
  table: ModelTable;
  journal: Journal;
  ledger: Ledger;
  isStopped: () => boolean;
  isGranted: (slot: number, purpose: string) => boolean;
  epoch: () => number;
  /** A row was added: hand it over now or soon, cut the batch when it is full. */
  onRow: (batch: Batch) => void;
  onLoss: () => void;
  /** Rows of one batch may take this much memory; beyond, new records are lost. */
  maxBatchBytes: number;
  maxRowBytes: number;
}

function sourcesOf(table: ModelTable, point: number): Target['sources'] {
  const row = table.points[point];
  return row.fields.map(function (field, index) {
    if (row.hasValue && index === 0) return 'value';
    // Context fields have keys below zero (SPEC.md, Records).
    return field.key < 0 ? 'context' : 'attribute';
  });
}

function makeTarget(table: ModelTable, point: number, slot: number): Target {
  const row = table.points[point];
  const purpose = table.purposes[row.purpose];
  return {
    point: point,
    slot: slot,
    lane: row.priority + 1,
    resolutionMs: row.resolutionMs,
    fields: prepareFields(row),
    hasValue: row.hasValue,
    sources: sourcesOf(table, point),
    purpose: purpose.name,
    needsConsent: purpose.needsConsent,
  };
}

/** How many own members with a value an object has: one more than the fields that were found means a name that the model does not know. */
function countGiven(given: Given): number {
  let count = 0;
  for (const name in given) {
    if (given[name] !== undefined) count += 1;
  }
  return count;
}

function isObject(given: unknown): boolean {
  return given === undefined || (typeof given === 'object' && given !== null);
}

/** The row that is being written. */
interface OpenRow {
  batch: Batch;
  start: number;
  /** A getter of the application that records, while a row is being written, would write into it. */
  isBusy: boolean;
}

export function createRecorder(context: RecorderContext): Recorder {
  let accepted = 0;
  // One object for all rows: recording allocates nothing.
  const open: OpenRow = { batch: context.journal.batch(0, Lane.normal), start: 0, isBusy: false };

  /** Values in field order. False: something is not what the model says. */
  const writeFields = function (
    batch: Batch,
    target: Target,
    value: unknown,
    given: Given,
    around: Given,
  ): boolean {
    let named = 0;
    for (let i = 0; i < target.fields.length; i++) {
      const field = target.fields[i];
      const source = target.sources[i];
      let item = value;
      if (source !== 'value') {
        const from = source === 'attribute' ? given : around;
        item = from === undefined ? undefined : from[field.name];
        if (item !== undefined) named += 1;
      }
      if (!writeField(batch.rows, field, item)) return false;
    }
    return named === countGiven(given) + countGiven(around);
  };
  /** What an application gives may throw when it is read (a getter, a proxy): that is no value. */
  const isValidRow = function (
    row: OpenRow,
    target: Target,
    value: unknown,
    given: Given,
    around: Given,
  ): boolean {
    try {
      return isObject(given) && isObject(around) && writeFields(row.batch, target, value, given, around);
    } catch (_error) {
      return false;
    }
  };
  const lose = function (cause: 0 | 1 | 2 | 4): boolean {
    context.ledger.owe(cause, 1, -1);
    context.onLoss();
    return false;
  };
  /** Writes the head of a row. False: there is no room. */
  const begin = function (target: Target, atMs: number): boolean {
    accepted += 1;
    const batch = context.journal.batch(target.slot, target.lane);
    // A batch of an older epoch that could not be cut, or one that found no room in the outbox.
    if (open.isBusy || batch.epoch !== context.epoch() || batch.rows.size > context.maxBatchBytes)
      return false;
    open.isBusy = true;
    open.batch = batch;
    open.start = batch.rows.size;
    const rounded = target.resolutionMs > 1 ? atMs - (atMs % target.resolutionMs) : atMs;
    writeRowHead(batch.rows, target.point, rounded, target.fields.length);
    return true;
  };
  const end = function (isValid: boolean): boolean {
    const batch = open.batch;
    open.isBusy = false;
    if (!isValid || batch.rows.size - open.start > context.maxRowBytes) {
      batch.rows.size = open.start;
      return lose(isValid ? Cause.overflow : Cause.invalid);
    }
    batch.count += 1;
    context.onRow(batch);
    return true;
  };
  const isRefused = function (target: Target): boolean {
    if (context.isStopped()) return true;
    return target.needsConsent && !context.isGranted(target.slot, target.purpose);
  };
  return {
    isRefused: isRefused,
    target: function (point: number, slot: number): Target {
      return makeTarget(context.table, point, slot);
    },
    record: function (
      target: Target,
      atMs: number,
      value: unknown,
      attributes: Given,
      around: Given,
    ): boolean {
      if (isRefused(target)) return false;
      if (!begin(target, atMs)) return lose(Cause.evicted);
      return end(isValidRow(open, target, value, attributes, around));
    },
    recordRaw: function (target: Target, atMs: number, write: (batch: Batch) => void): boolean {
      if (!begin(target, atMs)) return lose(Cause.evicted);
      write(open.batch);
      return end(true);
    },
    refuse: function (): void {
      accepted += 1;
      lose(Cause.invalid);
    },
    accepted: function (): number {
      return accepted;
    },
  };
}
