import { modelKey } from '../domain/model-key.ts';
import type { SinkBatch, SinkRecord } from '../domain/ports.ts';

/** CloudEvents 1.0, JSON event format. Extension names are lower case by that spec (3.1 naming). */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject?: string;
  time: string;
  datacontenttype: 'application/json';
  dataschema: string;
  /** When the gateway received it: the second time axis. */
  recordedtime: string;
  /** Sorts by arrival as text. */
  sequence: string;
  partitionkey: string;
  consentepoch: number;
  dataclassification?: string;
  datacategory?: string;
  data: Record<string, unknown>;
}

/** `source` + `id` name a record for ever: a receiver that keeps them has each record once. */
export function cloudEvents(batch: SinkBatch): CloudEvent[] {
  return batch.records.map((record) => cloudEvent(record, batch.models));
}

export function cloudEvent(record: SinkRecord, models: SinkBatch['models']): CloudEvent {
  const point = models.get(modelKey(record))?.points[record.point];
  const unit = point?.kind === 'session' ? 's' : point?.unit;
  return {
    specversion: '1.0',
    id: `${record.boot}/${record.seq}/${record.index}`,
    source: `urn:pou:${record.tenant}:${record.device}`,
    type: 'org.pou.record.v1',
    ...(record.subject === null ? {} : { subject: record.subject }),
    time: new Date(record.atMs).toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:pou:model:${record.modelHash}`,
    recordedtime: new Date(record.receivedAtMs).toISOString(),
    sequence: `${pad(record.position)}.${String(record.index).padStart(6, '0')}`,
    partitionkey: `${record.tenant}.${record.device}`,
    consentepoch: record.consentEpoch,
    ...(point ? { dataclassification: point.sensitivity, datacategory: point.for } : {}),
    data: {
      tenant: record.tenant,
      device: record.device,
      product: record.product,
      point: record.point,
      kind: record.kind,
      ...(record.value === null ? {} : { value: record.value }),
      ...(unit ? { unit } : {}),
      attributes: record.attributes,
      ...(record.flags.length > 0 ? { flags: record.flags } : {}),
      timeQuality: record.timeQuality,
      timeBoundMs: record.timeBoundMs,
      uptimeMs: record.uptimeMs,
    },
  };
}

function pad(position: number): string {
  return String(position).padStart(16, '0');
}
