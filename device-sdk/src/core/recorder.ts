import type { ModelTable, PointTable, RawValue } from '@usewire/protocol/model';
import { type Batch, type Batches, sizeOf } from './batches.ts';
import { type Given, rawValues } from './fields.ts';
import { type Cause, evicted, invalid, type Losses, overflow } from './losses.ts';

/** A point of one subject, ready to be recorded. */
export interface Target {
  index: number;
  point: PointTable;
  slot: number;
}

export interface Recorder {
  accepted: number;
  /** Nothing is recorded, nothing counted: the device is stopped, or a person has not granted the purpose. */
  isRefused(target: Target): boolean;
  /** One record. Never throws; a loss is counted. */
  record(target: Target, atMs: number, value: unknown, attributes?: Given, context?: Given): void;
  /** One record whose values are raw already; null = they are not what the model says. */
  recordRaw(target: Target, atMs: number, values: RawValue[] | null): void;
}

export interface RecorderContext {
  table: ModelTable;
  batches: Batches;
  losses: Losses;
  isStopped(): boolean;
  isGranted(slot: number, purpose: string): boolean;
  epoch(): number;
  /** A row was added: hand it over now or soon, cut the batch when it is full. */
  onRow(batch: Batch): void;
  onLoss(): void;
  /** Estimated bytes of rows that one batch may hold; beyond, new records are lost. */
  maxBatchBytes: number;
  maxRowBytes: number;
}

export function createRecorder(context: RecorderContext): Recorder {
  const lose = (cause: Cause): void => {
    context.losses.owe(cause, 1, -1);
    context.onLoss();
  };
  const add = (target: Target, atMs: number, values: RawValue[]): void => {
    const batch = context.batches.of(target.slot * 4 + target.point.priority + 1);
    const row = { point: target.index, atMs: atMs - (atMs % (target.point.resolutionMs || 1)), values };
    // A batch of an older epoch that could not be cut, or one that found no room in the outbox.
    const isStuck = batch.rows.length > 0 && batch.epoch !== context.epoch();
    if (isStuck || batch.bytes > context.maxBatchBytes) lose(evicted);
    else if (sizeOf(row) > context.maxRowBytes) lose(overflow);
    else {
      context.batches.add(batch, row, context.epoch());
      context.onRow(batch);
    }
  };
  const recorder: Recorder = {
    accepted: 0,
    isRefused: (target) => {
      const purpose = context.table.purposes[target.point.purpose];
      return context.isStopped() || (purpose.needsConsent && !context.isGranted(target.slot, purpose.name));
    },
    record: (target, atMs, value, attributes, around) => {
      if (recorder.isRefused(target)) return;
      recorder.recordRaw(target, atMs, rawValues(target.point, value, attributes, around));
    },
    recordRaw: (target, atMs, values) => {
      if (recorder.isRefused(target)) return;
      recorder.accepted++;
      if (values === null) lose(invalid);
      else add(target, atMs, values);
    },
  };
  return recorder;
}
