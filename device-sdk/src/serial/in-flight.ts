/** What waits for its receipt: tags by the checksum of the body. Bounded by the window of the core. */
export interface InFlight {
  /** False: another frame of this checksum is on its way, and a receipt could not tell them apart (POU-SERIAL-9). */
  add(checksum: number, frame: Uint8Array, tag: number): boolean;
  /** Tags that the receipt of this checksum answers. */
  take(checksum: number): number[];
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function createInFlight(): InFlight {
  const waiting = new Map<number, { frame: Uint8Array; tags: number[] }>();
  return {
    add(checksum, frame, tag) {
      const before = waiting.get(checksum);
      if (before !== undefined && !isSame(before.frame, frame)) return false;
      if (before === undefined) waiting.set(checksum, { frame: frame.slice(), tags: [tag] });
      else before.tags.push(tag);
      return true;
    },
    take(checksum) {
      const { tags = [] } = waiting.get(checksum) ?? {};
      waiting.delete(checksum);
      return tags;
    },
  };
}
