import { createHash } from 'node:crypto';

/** A record as the HTTP sink sends it (CloudEvents); `id` is unique within `source`. */
export type CloudEvent = Record<string, unknown> & { source: string; id: string };

export interface TakenBatch {
  /** Its `Idempotency-Key`. */
  key: string;
  events: readonly CloudEvent[];
}

/** A receiver's memory of keys. */
export interface TakenBatches {
  has(key: string): boolean;
  /** `changed`: the key came back with other records. */
  take(batch: TakenBatch): 'taken' | 'repeated' | 'changed';
}

export function createTakenBatches(): TakenBatches {
  /** Key -> hash of the ids that came with it. */
  const known = new Map<string, string>();
  return {
    has: (key) => known.has(key),
    take({ key, events }) {
      const hash = idsOf(events);
      const before = known.get(key);
      if (before === undefined) {
        known.set(key, hash);
        return 'taken';
      }
      return before === hash ? 'repeated' : 'changed';
    },
  };
}

function idsOf(events: readonly CloudEvent[]): string {
  const ids = createHash('sha256');
  for (const event of events) ids.update(`${event.source}${event.id}\n`);
  return ids.digest('hex');
}
