import type { SinkBatch, Tombstone } from '../../domain/ports.ts';
import { type CloudEvent, cloudEvents } from '../cloud-events.ts';
import { type EraseEvent, eraseEvent } from '../erase-event.ts';

/** One record as Kafka keeps it: CloudEvents' Kafka protocol binding, binary content mode (attributes are headers `ce_...`). */
export interface KafkaMessage {
  topic: string;
  /** Tenant and device: what a device says stays in order, in one partition. */
  key: Buffer;
  value: Buffer;
  headers: Map<Buffer, Buffer>;
  /** Of Java's partitioner, so that it is the one where other producers put this key. */
  partition: number;
  /** Source and id: names the record for ever. */
  identity: string;
}

/** `partitionOf`: from a key to a partition. */
export function messagesOf(
  batch: SinkBatch,
  topic: string,
  partitionOf: (key: Buffer) => number,
): KafkaMessage[] {
  // Most of what headers say is the same all through a batch.
  const known = new Map<string, Buffer>();
  return cloudEvents(batch).map((event) => {
    const key = Buffer.from(event.partitionkey);
    const value = Buffer.from(JSON.stringify(event.data));
    const identity = identityOf(event.source, event.id);
    return { topic, key, value, headers: headersOf(event, known), partition: partitionOf(key), identity };
  });
}

/** A tombstone, in the same binding. Not Kafka's own (a null value): compaction would take everything of the device with it. */
export function eraseMessage(
  tombstone: Tombstone,
  topic: string,
  partitionOf: (key: Buffer) => number,
): KafkaMessage {
  const event = eraseEvent(tombstone);
  const key = Buffer.from(event.partitionkey);
  const value = Buffer.from(JSON.stringify(event.data));
  const identity = identityOf(event.source, event.id);
  return { topic, key, value, headers: headersOf(event, new Map()), partition: partitionOf(key), identity };
}

export function identityOf(source: string, id: string): string {
  return `${source} ${id}`;
}

/** What the key says already, or the message's place. */
const NOT_A_HEADER = new Set(['data', 'datacontenttype', 'partitionkey', 'sequence']);
const CONTENT_TYPE = Buffer.from('content-type');

function headersOf(event: CloudEvent | EraseEvent, known: Map<string, Buffer>): Map<Buffer, Buffer> {
  const bytes = (text: string) => {
    let found = known.get(text);
    if (found === undefined) {
      found = Buffer.from(text);
      known.set(text, found);
    }
    return found;
  };
  const headers = new Map<Buffer, Buffer>([[CONTENT_TYPE, bytes(event.datacontenttype)]]);
  for (const [name, value] of Object.entries(event))
    if (!NOT_A_HEADER.has(name)) headers.set(bytes(`ce_${name}`), bytes(String(value)));
  return headers;
}

/** In order, in portions that stay below what a broker takes for one partition (`max.message.bytes`, 1 MiB by default). */
export function portions(messages: readonly KafkaMessage[], maxBytes: number): KafkaMessage[][] {
  const found: KafkaMessage[][] = [];
  let portion: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (portion.length > 0 && bytes + size > maxBytes) {
      found.push(portion);
      portion = [];
      bytes = 0;
    }
    portion.push(message);
    bytes += size;
  }
  if (portion.length > 0) found.push(portion);
  return found;
}

/** About 10 bytes a header and 30 a record are Kafka's own. */
function sizeOf({ key, value, headers }: KafkaMessage): number {
  let bytes = 30 + key.length + value.length;
  for (const [name, text] of headers) bytes += 10 + name.length + text.length;
  return bytes;
}
