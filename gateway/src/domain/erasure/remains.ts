import { type Model, pointConsent } from '@usewire/protocol/model';
import type { Coverage } from '../consent/coverage.ts';
import { modelKey } from '../model-key.ts';
import type { ModelSource } from '../model-source.ts';
import type { AttributeValue, SinkRecord, StoredMessage } from '../ports.ts';

/** Kind of a row that held data and was erased, in whole or in part. No wire kind is negative. */
export const ERASED_KIND = -1;

/** What is left of a message when records of it were erased. Its place, boot and number stay: nothing moves, and it is not stored again. */
export interface Remains {
  boot: string;
  seq: number;
  /** Slot whose records are left. */
  subject: number;
  epoch: number;
  product: string;
  name: string | null;
  records: LeftRecord[];
}

/** Index, point, its number, kind, time, uptime, bound, value, attributes, flags. */
type LeftRecord = [
  index: number,
  point: string,
  pointId: number,
  kind: string,
  atMs: number,
  uptimeMs: number,
  boundMs: number | null,
  value: SinkRecord['value'],
  attributes: Record<string, AttributeValue>,
  flags: string[],
];

/** The row's bytes. They begin with `{`, as no message does. */
export function encodeRemains(remains: Remains): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(remains));
}

/** Null: these are no remains. */
export function decodeRemains(payload: Uint8Array): Remains | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(payload)) as Remains;
    return Array.isArray(value.records) ? value : null;
  } catch {
    return null;
  }
}

export function nothingLeft({ boot, seq }: StoredMessage): Remains {
  return { boot, seq, subject: 0, epoch: 0, product: '', name: null, records: [] };
}

/** Records keep their index, so that a sink that has them already knows them again. */
export function remainsOf(message: StoredMessage, slot: number, records: readonly SinkRecord[]): Remains {
  const [first] = records;
  if (first === undefined) return nothingLeft(message);
  const { boot, seq } = message;
  const { consentEpoch: epoch, product, subject: name } = first;
  const left = records.map(
    (r): LeftRecord => [
      ...([r.index, r.point, r.pointId, r.kind, r.atMs, r.uptimeMs, r.timeBoundMs] as const),
      ...([r.value, r.attributes, r.flags] as const),
    ],
  );
  return { boot, seq, subject: slot, epoch, product, name, records: left };
}

/** What sinks get of it. */
export function recordsOf(message: StoredMessage, remains: Remains): SinkRecord[] {
  const { tenant, device, boot, seq, position, receivedAtMs, modelHash, time } = message;
  const { product, name: subject, epoch: consentEpoch } = remains;
  return remains.records.map(
    ([index, point, pointId, kind, atMs, uptimeMs, timeBoundMs, value, attributes, flags]) => ({
      ...{
        tenant,
        device,
        product,
        position,
        point,
        pointId,
        kind,
        subject,
        boot,
        seq,
        index,
        atMs,
        uptimeMs,
      },
      ...{ timeQuality: time.quality, timeBoundMs, receivedAtMs, consentEpoch, modelHash, value },
      ...{ attributes, flags },
    }),
  );
}

/**
 * Adds what is left of a message to a batch, as far as its person agrees to it now. Returns how many records were held back; null = its model
 * is not known.
 */
export function takeRemains(
  message: StoredMessage,
  batch: { records: SinkRecord[]; models: Map<string, Model> },
  { source, covered }: { source: ModelSource; covered: Coverage },
): number | null {
  const remains = decodeRemains(message.payload);
  if (remains === null || remains.records.length === 0) return 0;
  const known = source(message.tenant, message.modelHash);
  if (known === undefined) return null;
  const bits = covered(message, remains.subject, remains.epoch);
  const mayLeave = ({ pointId }: SinkRecord) => {
    const point = known.table.points.find(({ id }) => id === pointId);
    return point !== undefined && (pointConsent(known.table, point) & ~bits) === 0;
  };
  const records = recordsOf(message, remains).filter(mayLeave);
  batch.models.set(modelKey(message), known.model);
  batch.records.push(...records);
  return remains.records.length - records.length;
}
