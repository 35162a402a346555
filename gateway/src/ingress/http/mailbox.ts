/** Messages for devices that come and ask: each waits for the next answer to its device. */
export interface Mailboxes {
  /** The device asks at this door: from now on it has a box. */
  open(device: string): void;
  /** False: it has none, or it had no room and the oldest gave way. */
  put(device: string, message: Uint8Array): 'kept' | 'pushed-out' | 'no-box';
  /** All that waits, as a CBOR sequence (RFC 8742); not again. */
  take(device: string): Buffer;
  size(): number;
}

/** A device that asks seldom hears the newest: commands are told again, a nack of long ago helps nobody. */
const MAX_MESSAGES = 64;
const MAX_BYTES = 65_536;

/** `most` devices; the one that has not asked for longest gives way. */
export function mailboxes(most: number): Mailboxes {
  // In order of the last time that they asked.
  const boxes = new Map<string, Uint8Array[]>();

  const bytesIn = (box: Uint8Array[]) => box.reduce((sum, message) => sum + message.length, 0);

  return {
    open(device) {
      const box = boxes.get(device) ?? [];
      boxes.delete(device);
      boxes.set(device, box);
      if (boxes.size > most) boxes.delete(boxes.keys().next().value!);
    },
    put(device, message) {
      const box = boxes.get(device);
      if (box === undefined) return 'no-box';
      // A copy: it stays longer than the buffer that it may be a part of.
      box.push(message.slice());
      let result: 'kept' | 'pushed-out' = 'kept';
      while (box.length > MAX_MESSAGES || bytesIn(box) > MAX_BYTES) {
        box.shift();
        result = 'pushed-out';
      }
      return result;
    },
    take(device) {
      const box = boxes.get(device) ?? [];
      const all = Buffer.concat(box);
      box.length = 0;
      return all;
    },
    size: () => boxes.size,
  };
}
