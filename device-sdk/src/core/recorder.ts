import type { ModelTable } from '@usewire/protocol/model';
import { type Choice, ChoiceCode } from '@usewire/protocol/wire';
import { type PreparedField, prepareFields, writeField } from './fields.ts';
import type { Batch, Journal, RowBuffer } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { Cause } from './marks.ts';
import { writeRowHead } from './row.ts';
import type { Undecided } from './undecided.ts';

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
  /** Code of its purpose where that rests on consent, else 0. */
  purpose: number;
}

export interface Recorder {
  target(point: number, slot: number): Target;
  /** Nothing is recorded, nothing counted: the device is stopped, or a person said no to the purpose. */
  isRefused(target: Target): boolean;
  /** Nobody decided on the purpose yet: records wait in memory. */
  isUndecided(target: Target): boolean;
  /** One record. False when it was refused or lost; a loss is counted. Never throws. */
  record(target: Target, atMs: number, value: unknown, attributes: Given, context: Given): boolean;
  /** One record whose values are rows' bytes already. */
  recordRaw(target: Target, atMs: number, write: (batch: RowBuffer) => void): boolean;
  /** Counts a call that could not become a record; not while nobody allows even that. */
  refuse(target: Target): void;
  /** A person decided: what waited for it becomes records. */
  onDecided(slot: number): void;
  accepted(): number;
}

export interface RecorderContext {
  table: ModelTable;
  journal: Journal;
  ledger: Ledger;
  isStopped: () => boolean;
  undecided: Undecided;
  choice: (slot: number, purpose: number) => Choice | undefined;
  generation: () => number;
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
    purpose: purpose.needsConsent ? purpose.code : 0,
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
  /** Null: the row waits for a person's choice. */
  batch: Batch | null;
  buffer: RowBuffer;
  start: number;
  /** A getter of the application that records, while a row is being written, would write into it. */
  isBusy: boolean;
}

export function createRecorder(context: RecorderContext): Recorder {
  let accepted = 0;
  // One object for all rows: recording allocates nothing.
  const open: OpenRow = { batch: null, buffer: context.journal.gapBatch(), start: 0, isBusy: false };

  /** Values in field order. False: something is not what the model says. */
  const writeFields = function (
    batch: RowBuffer,
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
      return isObject(given) && isObject(around) && writeFields(row.buffer, target, value, given, around);
    } catch (_error) {
      return false;
    }
  };
  const lose = function (cause: 0 | 1 | 2 | 4): boolean {
    context.ledger.owe(cause, 1, -1);
    context.onLoss();
    return false;
  };
  const isUndecided = function (target: Target): boolean {
    return target.purpose !== 0 && context.choice(target.slot, target.purpose) === undefined;
  };
  /** False: there is no room for one row more. */
  const isRoomy = function (batch: Batch): boolean {
    // A batch of older choices that could not be cut, or one that found no room in the outbox.
    return batch.generation === context.generation() && batch.rows.size <= context.maxBatchBytes;
  };
  /** Chooses where a row goes. False: there is no room. */
  const openFor = function (target: Target): boolean {
    if (isUndecided(target)) {
      const waiting = context.undecided.rows(target.slot, target.purpose, target.lane);
      if (waiting === null) return false;
      open.batch = null;
      open.buffer = waiting;
      return true;
    }
    accepted += 1;
    const batch = context.journal.batch(target.slot, target.purpose, target.lane);
    if (!isRoomy(batch)) return false;
    open.batch = batch;
    open.buffer = batch;
    return true;
  };
  /** Writes the head of a row. */
  const begin = function (target: Target, atMs: number): void {
    open.isBusy = true;
    open.start = open.buffer.rows.size;
    const rounded = target.resolutionMs > 1 ? atMs - (atMs % target.resolutionMs) : atMs;
    writeRowHead(open.buffer.rows, target.point, rounded, target.fields.length);
  };
  const end = function (isValid: boolean): boolean {
    const buffer = open.buffer;
    const batch = open.batch;
    open.isBusy = false;
    if (!isValid || buffer.rows.size - open.start > context.maxRowBytes) {
      buffer.rows.size = open.start;
      if (batch === null) return false;
      return lose(isValid ? Cause.overflow : Cause.invalid);
    }
    buffer.count += 1;
    if (batch !== null) context.onRow(batch);
    return true;
  };
  const isRefused = function (target: Target): boolean {
    if (context.isStopped()) return true;
    if (target.purpose === 0) return false;
    const choice = context.choice(target.slot, target.purpose);
    return choice !== undefined && choice !== ChoiceCode.granted;
  };
  /** False: refused, or no room, which is a loss unless the row would only have waited. */
  const tryBegin = function (target: Target, atMs: number): boolean {
    if (open.isBusy) {
      if (!isUndecided(target)) {
        accepted += 1;
        lose(Cause.evicted);
      }
      return false;
    }
    if (openFor(target)) {
      begin(target, atMs);
      return true;
    }
    if (!isUndecided(target)) lose(Cause.evicted);
    return false;
  };
  return {
    isRefused: isRefused,
    isUndecided: isUndecided,
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
      if (isRefused(target) || !tryBegin(target, atMs)) return false;
      return end(isValidRow(open, target, value, attributes, around));
    },
    recordRaw: function (target: Target, atMs: number, write: (batch: RowBuffer) => void): boolean {
      if (!tryBegin(target, atMs)) return false;
      write(open.buffer);
      return end(true);
    },
    refuse: function (target: Target): void {
      if (isRefused(target) || isUndecided(target)) return;
      accepted += 1;
      lose(Cause.invalid);
    },
    onDecided: function (slot: number): void {
      const isGranted = function (purpose: number): boolean {
        return context.choice(slot, purpose) === ChoiceCode.granted;
      };
      context.undecided.release(slot, isGranted, function (purpose, lane, row) {
        accepted += 1;
        const batch = context.journal.batch(slot, purpose, lane);
        if (!isRoomy(batch)) {
          lose(Cause.evicted);
          return;
        }
        batch.rows.raw(row);
        batch.count += 1;
        context.onRow(batch);
      });
    },
    accepted: function (): number {
      return accepted;
    },
  };
}
