/** Cause codes of a gap record (POU-GAP-1). */
export const causeNames = ['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown'] as const;
export type DropCause = (typeof causeNames)[number];
export const evicted = 0;
export const invalid = 1;
export const damaged = 2;
export const power = 3;
export const overflow = 4;
export type Cause = 0 | 1 | 2 | 3 | 4;

/** A loss that is owed to the gateway until a message tells it. */
export interface Debt {
  /** Only grows: a message tells all debts up to one. */
  id: number;
  cause: number;
  count: number;
  /** First lost sequence number of this boot, or -1. */
  seq: number;
}

export interface Losses {
  /** Not told yet, oldest first. */
  debts: Debt[];
  /** Id of the newest debt, of the newest that was told, and of the newest that is on the disk. */
  lastId: number;
  toldId: number;
  writtenId: number;
  /** Of the newest that was told durably. */
  durableId: number;
  /** Lost records of this run by cause. */
  counts: number[];
  owe(cause: Cause, count: number, seq: number): void;
  /** A message that holds all debts up to `id` is stored, durable with `stamp`: until then a loss of power could take it. */
  told(id: number, stamp: number): void;
  /** What a snapshot says: the newest debt that is told durably, and all debts after it. */
  kept(): { toldId: number; debts: Debt[] };
  /** Not on the disk yet. */
  unwritten(): Debt[];
  /** How it is now, for when the disk does not take what comes of it. */
  save(): () => void;
  /** One debt a cause: what is owed stays small however long it cannot be told. */
  merge(): void;
}

export function createLosses(isDurable: (stamp: number) => boolean): Losses {
  let telling: { debts: Debt[]; id: number; stamp: number }[] = [];

  const add = (cause: number, count: number, seq: number): void => {
    for (let i = 0; i < losses.debts.length; i++) {
      const debt = losses.debts[i];
      if (debt.cause !== cause || debt.id <= losses.writtenId) continue;
      debt.count += count;
      if (debt.seq < 0) debt.seq = seq;
      return;
    }
    losses.debts.push({ id: ++losses.lastId, cause, count, seq });
  };
  const losses: Losses = {
    debts: [],
    lastId: 0,
    toldId: 0,
    writtenId: 0,
    durableId: 0,
    counts: [0, 0, 0, 0, 0, 0],
    owe: (cause, count, seq) => {
      if (count === 0) return;
      losses.counts[cause] += count;
      add(cause, count, seq);
    },
    told: (id, stamp) => {
      if (id <= losses.toldId) return;
      losses.toldId = id;
      telling.push({ debts: losses.debts.filter((debt) => debt.id <= id), id, stamp });
      losses.debts = losses.debts.filter((debt) => debt.id > id);
    },
    kept: () => {
      let debts: Debt[] = [];
      telling = telling.filter((each) => {
        if (isDurable(each.stamp)) losses.durableId = each.id;
        else debts = debts.concat(each.debts);
        return !isDurable(each.stamp);
      });
      return { toldId: losses.durableId, debts: debts.concat(losses.debts) };
    },
    unwritten: () => losses.debts.filter((debt) => debt.id > losses.writtenId),
    save: () => {
      const debts = losses.debts;
      const counts = losses.counts.slice(0);
      const writtenId = losses.writtenId;
      return () => {
        losses.debts = debts;
        losses.counts = counts;
        losses.writtenId = writtenId;
      };
    },
    merge: () => {
      const former = losses.debts;
      losses.debts = [];
      losses.writtenId = losses.lastId;
      for (let i = 0; i < former.length; i++) add(former[i].cause, former[i].count, former[i].seq);
    },
  };
  return losses;
}
