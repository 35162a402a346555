import type { SinkBatch, SinkRecord, Tombstone } from '../../domain/ports.ts';
import { cloudEvent } from '../cloud-events.ts';
import { eraseEvent } from '../erase-event.ts';
import { fittingParts, messageGroups } from '../message-groups.ts';

/** One message of the stream: what one message of a device says of one point. */
export interface Publication {
  subject: string;
  /** Of the device's messages in the stream: where to look for what is there already. */
  deviceFilter: string;
  /** Names it for ever: tenant, device, boot, sequence number, index of its first record. */
  id: string;
  /** Nobody can have published it before, ms: it was neither made nor received. */
  sinceMs: number;
  /** A CloudEvents batch in JSON. */
  payload: Uint8Array;
}

/** Throws TooLarge. */
export function publicationsOf(batch: SinkBatch, prefix: string, maxBytes: number): Publication[] {
  return messageGroups(batch.records).flatMap((group) =>
    fittingParts(group, maxBytes, (records) => {
      const events = records.map((record) => cloudEvent(record, batch.models));
      const payload = Buffer.from(JSON.stringify(events));
      return { bytes: payload.length, made: publication(records[0]!, prefix, payload) };
    }),
  );
}

/** A tombstone. Records have a token more, their point. */
export function erasePublication(tombstone: Tombstone, prefix: string): Omit<Publication, 'sinceMs'> {
  const { tenant, device, id } = tombstone;
  const base = `${prefix}.${token(tenant)}.${token(device)}`;
  const payload = Buffer.from(JSON.stringify([eraseEvent(tombstone)]));
  return {
    subject: `${base}.erase`,
    deviceFilter: `${base}.>`,
    id: `${tenant}/${device}/erase/${id}`,
    payload,
  };
}

function publication(first: SinkRecord, prefix: string, payload: Uint8Array): Publication {
  const { tenant, device, product, point, boot, seq, index } = first;
  const base = `${prefix}.${token(tenant)}.${token(device)}`;
  const subject = `${base}.${token(product)}.${token(point)}`;
  const id = `${tenant}/${device}/${boot}/${seq}/${index}`;
  const sinceMs = Math.min(first.atMs, first.receivedAtMs);
  return { subject, deviceFilter: `${base}.>`, id, sinceMs, payload };
}

/** A subject is cut at its dots, and `*` and `>` stand for others (NATS, subject-based messaging). */
function token(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}
