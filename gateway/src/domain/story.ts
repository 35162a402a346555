import { withoutSeqs } from './aside.ts';
import type {
  BootSnapshot,
  DeviceId,
  MessageKey,
  QuarantineEntry,
  Receipt,
  SpoolStore,
  StoredMessage,
} from './ports.ts';
import { begunRanges, isDone } from './progress.ts';
import { seqSet } from './seq-set.ts';

/** Where a message is, as the store tells it. */
export interface MessageStory extends MessageKey {
  /**
   * stored: its row is here. delivered: it was stored, every sink had it, and its row went with its retention; or nobody had agreed to it, and it was never kept. quarantined: refused and
   * kept. missing: later ones came, this one did not. unused: the device has not told of this number.
   */
  fate: 'stored' | 'delivered' | 'quarantined' | 'missing' | 'unused' | 'unknown';
  message: StoredMessage | null;
  /** The connection that it came over. */
  via: string | null;
  sinks: SinkStory[];
  quarantine: QuarantineEntry[];
  /** The range it is missing in. */
  gap: { first: number; last: number } | null;
}

export interface SinkStory {
  sink: string;
  /** pending: not delivered. delivered, rejected: as the receipt says. unreceipted: delivered by a gateway that kept no receipts. */
  state: 'pending' | 'delivered' | 'rejected' | 'unreceipted';
  /** How far the sink is. */
  cursor: number;
  /** End of the batch that it was begun in and that has no answer; null = it was not sent. */
  sendingThrough: number | null;
  receipt: Receipt | null;
}

type Store = Pick<
  SpoolStore,
  'load' | 'findMessage' | 'cursors' | 'progress' | 'receipt' | 'linkAt' | 'quarantine' | 'quarantinedSeqs'
>;

/** Reads the whole store for its row: for a person's question. `state` = what `store.load()` gave. */
export function messageStory(store: Store, boots: readonly BootSnapshot[], key: MessageKey): MessageStory {
  const message = store.findMessage(key);
  const quarantine = quarantined(store, key).filter(
    (entry) => entry.boot === key.boot && entry.seq === key.seq,
  );
  const boot = boots.find((one) => isOf(one, key) && one.boot === key.boot);
  const aside = store.quarantinedSeqs(key).filter((one) => one.boot === key.boot);
  const gap =
    boot === undefined
      ? null
      : gapOf(
          boot,
          key.seq,
          aside.map(({ seq }) => seq),
        );
  const link = message === null ? null : store.linkAt(key, message.receivedAtMs);
  return {
    ...key,
    fate: fateOf({ message, quarantine, boot, gap }, key.seq),
    message,
    via: link?.via ?? null,
    sinks: message === null ? [] : sinkStories(store, message.position),
    quarantine,
    gap,
  };
}

type Facts = Pick<MessageStory, 'message' | 'quarantine' | 'gap'> & { boot: BootSnapshot | undefined };

function fateOf({ message, quarantine, boot, gap }: Facts, seq: number): MessageStory['fate'] {
  if (message !== null) return 'stored';
  if (boot !== undefined && seqSet(boot.ranges).has(seq)) return 'delivered';
  if (quarantine.length > 0) return 'quarantined';
  if (gap !== null) return 'missing';
  return boot === undefined ? 'unknown' : 'unused';
}

function gapOf(boot: BootSnapshot, seq: number, aside: readonly number[]): MessageStory['gap'] {
  return gapsOf(boot, aside).find(({ first, last }) => first <= seq && seq <= last) ?? null;
}

/** Ranges of a boot that have not arrived, up to what the device has told to have used. `aside` = its numbers in quarantine. */
export function gapsOf(
  { ranges, nextSeq }: BootSnapshot,
  aside: readonly number[],
): { first: number; last: number }[] {
  const set = seqSet(ranges);
  return withoutSeqs(set.missing(Math.max(nextSeq, set.highest() + 1)), aside);
}

function sinkStories(store: Store, position: number): SinkStory[] {
  return store
    .cursors()
    .filter(({ sink }) => !sink.includes(':'))
    .map(({ sink, position: cursor }) => {
      const progress = store.progress(sink);
      const receipt = store.receipt(sink, position);
      const state = isDone(progress, position) ? stateOf(receipt) : 'pending';
      const begun = begunRanges(progress).find(({ first, last }) => first <= position && position <= last);
      return { sink, state, cursor, sendingThrough: begun?.last ?? null, receipt };
    });
}

function stateOf(receipt: Receipt | null): SinkStory['state'] {
  if (receipt === null) return 'unreceipted';
  return receipt.accepted ? 'delivered' : 'rejected';
}

/** All entries of a device, new to old. */
export function quarantined(
  store: Pick<Store, 'quarantine'>,
  { tenant, device }: DeviceId,
): QuarantineEntry[] {
  const found: QuarantineEntry[] = [];
  for (let beforeId = Number.MAX_SAFE_INTEGER; ; ) {
    const page = store.quarantine({ tenant, device, beforeId, limit: 1_000 });
    found.push(...page);
    if (page.length < 1_000) return found;
    beforeId = page[page.length - 1]!.id;
  }
}

function isOf(one: DeviceId, { tenant, device }: DeviceId): boolean {
  return one.tenant === tenant && one.device === device;
}
