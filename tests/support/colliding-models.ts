import { encodeRecords, type ModelTable } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';

export * from '../../gateway/src/testing/colliding-models.ts';

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
