/** Lets deliveries through, many at once, and a tombstone only when none is under way. */
export interface EraseGate {
  through<T>(deliver: () => Promise<T>): Promise<T>;
  between<T>(erase: () => Promise<T>): Promise<T>;
}

export function createEraseGate(): EraseGate {
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | null = null;

  const opened = async (): Promise<void> => {
    while (closed !== null) await closed;
  };

  return {
    async through(deliver) {
      await opened();
      const delivery = deliver();
      underWay.add(delivery);
      try {
        return await delivery;
      } finally {
        underWay.delete(delivery);
      }
    },
    async between(erase) {
      await opened();
      const erasing = Promise.allSettled(underWay).then(erase);
      const over = () => {
        closed = null;
      };
      closed = erasing.then(over, over);
      return erasing;
    },
  };
}
