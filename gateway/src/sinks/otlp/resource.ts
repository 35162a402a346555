import type { SinkRecord } from '../../domain/ports.ts';
import { version } from '../../version.ts';
import { type KeyValue, keyValues } from './values.ts';

export interface Resource {
  attributes: KeyValue[];
}

/** By OpenTelemetry's conventions: the product is the service, the tenant its namespace. */
export function resourceOf({ tenant, device, product }: SinkRecord): Resource {
  return {
    attributes: keyValues({ 'service.name': product, 'service.namespace': tenant, 'device.id': device }),
  };
}

export const scope = { name: 'usewire', version };

/** Records by who says them, in order. */
export function byResource(records: readonly SinkRecord[]): [SinkRecord, ...SinkRecord[]][] {
  const found = new Map<string, [SinkRecord, ...SinkRecord[]]>();
  for (const record of records) {
    const key = JSON.stringify([record.tenant, record.device, record.product]);
    const group = found.get(key);
    if (group) group.push(record);
    else found.set(key, [record]);
  }
  return [...found.values()];
}
