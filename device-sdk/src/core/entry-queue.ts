import type { Entry } from './message-entry.ts';

/** First in, first out; entries that are done meanwhile are passed over. */
export interface EntryQueue {
  push(entry: Entry): void;
  /** The first that waits, without taking it. */
  first(): Entry | null;
  take(): Entry | null;
  /** Takes all. */
  drain(): Entry[];
}

export function createEntryQueue(): EntryQueue {
  let items: Entry[] = [];
  let head = 0;
  const compact = function (): void {
    items = items.slice(head).filter(function (entry) {
      return entry.state === 'waiting';
    });
    head = 0;
  };
  let compactAt = 64;
  const first = function (): Entry | null {
    while (head < items.length && items[head].state !== 'waiting') head++;
    return head < items.length ? items[head] : null;
  };
  return {
    first: first,
    push: function (entry: Entry): void {
      items.push(entry);
      // Given-up messages must not stay in memory for as long as the link is down.
      if (items.length > compactAt) {
        compact();
        compactAt = 64 + 2 * items.length;
      }
    },
    take: function (): Entry | null {
      const entry = first();
      if (entry !== null) head += 1;
      return entry;
    },
    drain: function (): Entry[] {
      compact();
      const all = items;
      items = [];
      return all;
    },
  };
}
