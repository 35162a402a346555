import { shuffled, stream } from '../../random/stream.ts';
import { type Packet, publishAgain, publishOf } from './mqtt-packets.ts';

/** Messages that can be sent again. */
const REMEMBERED = 12;
const HIGHEST_ID = 65_535;

/** What one connection published, seen from between device and gateway: what is acknowledged, and copies that its device knows nothing of. */
export interface MessageBook {
  /** False when its packet id is that of a copy: their acknowledgements could not be told apart. */
  published(packet: Packet): boolean;
  /** True when the acknowledgement is for the device; else for a copy. */
  acknowledged(id: number): boolean;
  /** Copies of what was published last, out of order. */
  copies(salt: number): Buffer[];
}

export function createMessageBook(onAcked: (topic: string, payload: Buffer) => void): MessageBook {
  /** Packet id -> what was published with it and is not acknowledged. */
  const open = new Map<number, { topic: string; payload: Buffer }>();
  const copyIds = new Set<number>();
  const recent: Packet[] = [];
  const copy = (packet: Packet): Buffer => {
    let id = HIGHEST_ID;
    while (open.has(id)) id -= 1;
    copyIds.add(id);
    open.set(id, publishOf(packet)!);
    return publishAgain(packet, id);
  };
  return {
    published(packet) {
      const publish = publishOf(packet);
      if (publish === null) return true;
      if (copyIds.has(publish.id)) return false;
      open.set(publish.id, publish);
      if (publish.topic.endsWith('/up')) recent.push(packet);
      if (recent.length > REMEMBERED) recent.shift();
      return true;
    },
    acknowledged(id) {
      const publish = open.get(id);
      open.delete(id);
      if (publish !== undefined) onAcked(publish.topic, publish.payload);
      return !copyIds.delete(id);
    },
    copies: (salt) => shuffled(recent, stream(salt, 'resend', 'order')).map(copy),
  };
}
