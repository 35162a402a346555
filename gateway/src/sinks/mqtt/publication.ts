import type { SinkBatch, SinkRecord } from '../../domain/ports.ts';

/** One message to the broker. */
export interface Publication {
  topic: string;
  /** Made when it is sent: Sparkplug counts in the order of sending. */
  payload(): Uint8Array;
  contentType: string;
  /** Of its first record, as a user property of MQTT 5: tenant, device, boot, sequence number, index. */
  id?: string;
}

/** What is said over one connection, in one of the formats. */
export interface Speech {
  /** What the broker says when the connection breaks. */
  will?: { topic: string; payload: Uint8Array };
  /** Said first. */
  greeting(): Publication[];
  /** Commands that are listened to, and what is said when one comes. */
  listens?: { topic: string; answer(payload: Uint8Array): Publication[] };
  /** @param maxBytes Of one payload. Throws TooLarge, or Unsayable. */
  publications(batch: SinkBatch, maxBytes: number): Publication[];
}

/** A record that a format cannot carry: the same record meets it every time. */
export class Unsayable extends Error {
  constructor({ boot, seq, index }: SinkRecord, why: string) {
    super(`record ${boot}/${seq}/${index}: ${why}`);
  }
}

export function idOf({ tenant, device, boot, seq, index }: SinkRecord): string {
  return `${tenant}/${device}/${boot}/${seq}/${index}`;
}
