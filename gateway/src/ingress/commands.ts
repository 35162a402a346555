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

/** How many rounds of the event loop the broker may be behind the guard. */
const ROUNDS_BEHIND = 8;

/**
 * Written to the one connection that may hear it. The broker's own way to subscribers is one queue for all of them, a hundred messages wide: a
 * hundred commands to a device that does not read would hold up those of every other device.
 */
export function commands(order: AnswerOrder, connectionOf: (client: Client) => Connection): Commands {
  const listeners = new Map<string, { client: Client; qos: 0 | 1 }>();

  /** The guard answers a message at once; a SUBSCRIBE that came just before it is still on its way through the broker. */
  function whenListening(
    topic: string,
    written: () => void,
    write: () => void,
    rounds = ROUNDS_BEHIND,
  ): void {
    if (listeners.get(topic)?.client.closed === false) write();
    else if (rounds === 0) written();
    else setImmediate(() => whenListening(topic, written, write, rounds - 1));
  }

  function write(topic: string, payload: Buffer, written: () => void): void {
    const { client, qos } = listeners.get(topic)!;
    const connection = connectionOf(client);
    if (connection.stream.unreadBytes() > MAX_UNREAD_BYTES) {
      connection.close('commands-unread');
      written();
    } else client.publish({ cmd: 'publish', topic, payload, qos, retain: false, dup: false }, written);
  }

  return {
    send(id, payload) {
      const topic = topicFor(id.tenant, id.device, 'dn');
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      const written = order.sending(topic);
      whenListening(topic, written, () => write(topic, bytes, written));
    },
    listens: (client, topic, qos) => void listeners.set(topic, { client, qos: qos === 0 ? 0 : 1 }),
    listensNoMore(client, topics) {
      for (const topic of topics) {
        // A device that has come back listens on another connection.
        if (listeners.get(topic)?.client === client) listeners.delete(topic);
      }
    },
  };
}
