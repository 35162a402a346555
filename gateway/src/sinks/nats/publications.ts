import type { SinkBatch, SinkRecord } from '../../domain/ports.ts';
import { cloudEvent } from '../cloud-events.ts';

/** One message of the stream: what one message of a device says of one point. */
export interface Publication {
  subject: string;
  /** Of the device's messages in the stream: where to look for what is there already. */
  deviceFilter: string;
  /** Names it for ever: tenant, device, boot, sequence number, index of its first record. */
  id: string;
  /** A CloudEvents batch in JSON. */
  payload: Uint8Array;
}

/** A record that is larger than the server takes in one message. */
export class TooLarge extends Error {
  constructor(record: SinkRecord, bytes: number, maxBytes: number) {
    super(
      `record ${record.boot}/${record.seq}/${record.index} has ${bytes} bytes, the server takes ${maxBytes}`,
    );
  }
}

/** Throws TooLarge. */
export function publicationsOf(batch: SinkBatch, prefix: string, maxBytes: number): Publication[] {
  return groups(batch.records).flatMap((records) =>
    parts(records, { models: batch.models, prefix, maxBytes }),
  );
}

/** Records that came together and are of the same point, in order. */
function groups(records: readonly SinkRecord[]): SinkRecord[][] {
  const found = new Map<string, SinkRecord[]>();
  for (const record of records) {
    const key = `${record.position} ${record.point}`;
    const group = found.get(key);
    if (group) group.push(record);
    else found.set(key, [record]);
  }
  return [...found.values()];
}

interface Shape {
  models: SinkBatch['models'];
  prefix: string;
  maxBytes: number;
}

/** Halved until each part fits: the same parts each time, as the limit is the server's. */
function parts(records: readonly SinkRecord[], shape: Shape): Publication[] {
  const [first] = records;
  if (first === undefined) return [];
  const payload = Buffer.from(JSON.stringify(records.map((record) => cloudEvent(record, shape.models))));
  if (payload.length <= shape.maxBytes) return [publication(first, shape.prefix, payload)];
  if (records.length === 1) throw new TooLarge(first, payload.length, shape.maxBytes);
  const half = Math.ceil(records.length / 2);
  return [...parts(records.slice(0, half), shape), ...parts(records.slice(half), shape)];
}

function publication(first: SinkRecord, prefix: string, payload: Uint8Array): Publication {
  const { tenant, device, product, point, boot, seq, index } = first;
  const base = `${prefix}.${token(tenant)}.${token(device)}`;
  const subject = `${base}.${token(product)}.${token(point)}`;
  const id = `${tenant}/${device}/${boot}/${seq}/${index}`;
  return { subject, deviceFilter: `${base}.>`, id, payload };
}

/** A subject is cut at its dots, and `*` and `>` stand for others (NATS, subject-based messaging). */
function token(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}
