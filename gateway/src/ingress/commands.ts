import { topicFor } from '@usewire/protocol/wire';
import type { Client } from 'aedes';
import type { DeviceId } from '../domain/ports.ts';
import type { AnswerOrder } from './answer-order.ts';
import type { Connection } from './connection.ts';

/** Messages of the gateway to devices that listen to their `dn`. */
export interface Commands {
  listens(client: Client, topic: string, qos: number): void;
  listensNoMore(client: Client, topics: readonly string[]): void;
  /** Best effort: a device that does not listen now asks again by its next hello. */
  send(id: DeviceId, payload: Uint8Array): void;
}

/** What a device may leave unread; one that is there reads, and one that is not must not fill the memory. */
const MAX_UNREAD_BYTES = 1_048_576;

/**
 * Written to the one connection that may hear it. The broker's own way to subscribers is one queue for all of them, a hundred messages wide: a
 * hundred commands to a device that does not read would hold up those of every other device.
 */
export function commands(order: AnswerOrder, connectionOf: (client: Client) => Connection): Commands {
  const listeners = new Map<string, { client: Client; qos: 0 | 1 }>();

  function send(id: DeviceId, payload: Uint8Array): void {
    const topic = topicFor(id.tenant, id.device, 'dn');
    const listener = listeners.get(topic);
    if (listener === undefined || listener.client.closed) return;
    const connection = connectionOf(listener.client);
    if (connection.stream.unreadBytes() > MAX_UNREAD_BYTES) {
      connection.close('commands-unread');
      return;
    }
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const packet = { cmd: 'publish', topic, payload: bytes, retain: false, dup: false } as const;
    listener.client.publish({ ...packet, qos: listener.qos }, order.sending(topic));
  }

  return {
    send,
    listens: (client, topic, qos) => void listeners.set(topic, { client, qos: qos === 0 ? 0 : 1 }),
    listensNoMore(client, topics) {
      for (const topic of topics) {
        // A device that has come back listens on another connection.
        if (listeners.get(topic)?.client === client) listeners.delete(topic);
      }
    },
  };
}
