/** What is to be done when: a binary heap, first by time, then by the order in which it was planned. */
export interface Agenda<T> {
  plan(atMs: number, what: T): void;
  /** Time of the first thing, Infinity when there is none. */
  nextMs(): number;
  /** Takes the first thing; only when there is one. */
  take(): T;
  clear(): void;
  size(): number;
}

interface Item<T> {
  atMs: number;
  order: number;
  what: T;
}

const before = (a: Item<unknown>, b: Item<unknown>): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

export function createAgenda<T>(): Agenda<T> {
  const heap: Item<T>[] = [];
  let order = 0;
  const up = (from: number): void => {
    let at = from;
    const item = heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  };
  const down = (item: Item<T>): void => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, item)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = item;
  };
  return {
    plan(atMs, what) {
      heap.push({ atMs, order: order++, what });
      up(heap.length - 1);
    },
    nextMs: () => heap[0]?.atMs ?? Number.POSITIVE_INFINITY,
    take() {
      const first = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) down(last);
      return first.what;
    },
    clear: () => void heap.splice(0),
    size: () => heap.length,
  };
}
