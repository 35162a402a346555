/** MQTT 5, 3.4.2.1. */
export type PubackCode = 0x00 | 0x83;
/** Taken, and durable. */
export const STORED = 0x00;
/** Not taken, and not to be sent again: an answer without an error would be a lie, none would hold a place for ever. */
export const NOT_TAKEN = 0x83;

/** Answers in the order in which the messages came, however they become known ([MQTT-4.6.0-2]). */
export interface AnswerLine {
  arrived(packetId: number): void;
  answer(packetId: number, code: PubackCode): void;
  /** Those that can be given now; not again. */
  ready(): { packetId: number; code: PubackCode }[];
  waiting(): number;
}

/** Bounded by the receive maximum of the connection. */
export function answerLine(): AnswerLine {
  // In order of arrival: a Map keeps the place of a key whose value changes.
  const codes = new Map<number, PubackCode | null>();
  return {
    arrived: (packetId) => void codes.set(packetId, null),
    answer(packetId, code) {
      // Of an earlier life of the connection: the cluster sends the message again.
      if (codes.has(packetId)) codes.set(packetId, code);
    },
    ready() {
      const known: { packetId: number; code: PubackCode }[] = [];
      for (const [packetId, code] of codes) {
        if (code === null) break;
        known.push({ packetId, code });
        codes.delete(packetId);
      }
      return known;
    },
    waiting: () => codes.size,
  };
}
