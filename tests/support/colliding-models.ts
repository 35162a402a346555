import {
  encodeModel,
  encodeRecords,
  gauge,
  type ModelTable,
  modelTable,
  product,
} from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';

const purposes = { service: { basis: 'contract', code: 'service_provision' } } as const;

/**
 * Two models whose hashes begin with the same 4 bytes, found in 20 s by counting the versions of both up (a birthday search over 2^17 hashes).
 * The same point and number, so that a record of the one is a record of the other, with another meaning.
 */
export const scale = product('shop.scale', 167_642, {
  purposes,
  points: { weighed: gauge({ id: 1, for: 'service', range: [0, 200], scale: 0.1, unit: 'kg' }) },
});
export const heater = product('shop.heater', 73_035, {
  purposes,
  points: { heated: gauge({ id: 1, for: 'service', range: [-100, 2000], scale: 0.01, unit: 'Cel' }) },
});

export const scaleBytes = encodeModel(scale);
export const heaterBytes = encodeModel(heater);
export const scaleTable = modelTable(scale);
export const heaterTable = modelTable(heater);
/** Of both. */
export const sharedHash = 'afb2aec3';

/** One value of point 1, by either model, in steps of its scale. */
export function collidingData(table: ModelTable, seq: number, value: number): Buffer {
  const point = table.points.findIndex(({ id }) => id === 1);
  const uptimeMs = 60_000 + seq * 1_000;
  const entries = [{ form: 'record' as const, point, atMs: uptimeMs, values: [value] }];
  const records = encodeRecords(table, uptimeMs, entries, 'plain');
  const modelHash = table.hash.subarray(0, 4);
  return Buffer.from(
    encodeMessage({ kind: Kind.data, seq, boot: 1, uptimeMs, modelHash, epoch: 0, records }),
  );
}

/** A device tells a model, with all of its hash. */
export function modelMessage(table: ModelTable, model: Uint8Array): Buffer {
  return Buffer.from(encodeMessage({ kind: Kind.model, modelHash: table.hash, model }));
}
