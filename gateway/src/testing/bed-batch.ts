import type { SinkBatch, SinkRecord } from '../domain/ports.ts';
import { bedHash, bedModel } from './bed-model.ts';

/** One temperature record; its message stands at position `seq` + 1. */
export function bedRecord(seq: number, change: Partial<SinkRecord> = {}): SinkRecord {
  return {
    tenant: 'acme',
    device: 'bed-1',
    product: 'smart_bed',
    position: seq + 1,
    point: 'temperature',
    pointId: 4,
    kind: 'gauge',
    subject: null,
    boot: '1',
    seq,
    index: 0,
    atMs: 1_700_000_000_000 + seq * 1_000,
    uptimeMs: seq * 1_000,
    timeQuality: 3,
    timeBoundMs: 20,
    receivedAtMs: 1_700_000_900_000,
    consentEpoch: 0,
    modelHash: bedHash,
    value: 20.5,
    attributes: {},
    flags: [],
    ...change,
  };
}

/** Messages `from`..`to`, one record each. */
export function bedBatch(from: number, to: number): SinkBatch {
  return batchOf(Array.from({ length: to - from + 1 }, (_, i) => bedRecord(from + i)));
}

export function batchOf(
  records: SinkRecord[],
  models: SinkBatch['models'] = new Map([[`acme/${bedHash}`, bedModel]]),
): SinkBatch {
  const firstPosition = records[0]!.position;
  const lastPosition = records[records.length - 1]!.position;
  return { key: `out/${firstPosition}-${lastPosition}`, firstPosition, lastPosition, records, models };
}
