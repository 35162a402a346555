import { decodeMessage, Kind, type Message } from '@usewire/protocol/wire';
import type { Decoded } from '../forward-records.ts';
import type { QuarantineEntry, SinkRecord, StoredMessage } from '../ports.ts';
import { isInRange, isOfSubject, type Tombstone } from './erasure.ts';
import { decodeRemains, ERASED_KIND, nothingLeft, type Remains, recordsOf, remainsOf } from './remains.ts';

/** null = it stays as it is. `records` is how many of them go. */
export type Judgement = { remains: Remains; records: number } | null;

type Decode = (messages: readonly StoredMessage[]) => Decoded;

/** What is to become of a stored message. What cannot be read goes, unless it came before the time in question. */
export function judgeMessage(message: StoredMessage, tombstone: Tombstone, decode: Decode): Judgement {
  if (message.kind === ERASED_KIND) return judgeRemains(message, tombstone);
  const decoded = decodeMessage(message.payload);
  if (!decoded.ok) return message.receivedAtMs < tombstone.fromMs ? null : all(message);
  return judgeKind(message, decoded.value, { tombstone, decode });
}

function judgeKind(
  stored: StoredMessage,
  message: Message,
  { tombstone, decode }: { tombstone: Tombstone; decode: Decode },
): Judgement {
  switch (message.kind) {
    case Kind.data: {
      const slot = message.subject ?? 0;
      if (!isOfSubject(tombstone, slot)) return null;
      return tombstone.isWhole ? all(stored) : split(stored, slot, tombstone, decode([stored]));
    }
    case Kind.choice:
      // The proof that a person was asked is the ledger's; this is its bytes on their way.
      return tombstone.isWhole && isOfSubject(tombstone, message.subject) ? all(stored) : null;
    case Kind.export:
      // Nobody says whose records are in it.
      return stored.receivedAtMs < tombstone.fromMs ? null : all(stored);
    default:
      return null;
  }
}

function all(message: StoredMessage): Judgement {
  return { remains: nothingLeft(message), records: message.recordCount };
}

function split(message: StoredMessage, slot: number, tombstone: Tombstone, decoded: Decoded): Judgement {
  if (!decoded.ok) return message.receivedAtMs < tombstone.fromMs ? null : all(message);
  const { records } = decoded;
  return left(message, slot, {
    before: records,
    after: records.filter(({ atMs }) => !isInRange(tombstone, atMs)),
  });
}

function judgeRemains(message: StoredMessage, tombstone: Tombstone): Judgement {
  const remains = decodeRemains(message.payload);
  if (remains === null) return all(message);
  if (!isOfSubject(tombstone, remains.subject)) return null;
  const before = recordsOf(message, remains);
  const after = tombstone.isWhole ? [] : before.filter(({ atMs }) => !isInRange(tombstone, atMs));
  return left(message, remains.subject, { before, after });
}

function left(
  message: StoredMessage,
  slot: number,
  { before, after }: { before: SinkRecord[]; after: SinkRecord[] },
): Judgement {
  if (after.length === before.length) return null;
  const gone = before.filter((record) => !after.includes(record));
  return { remains: remainsOf(message, slot, after), records: gone.filter(isRecord).length };
}

/** Gap records tell of records that were lost, and are counted apart. */
function isRecord({ pointId }: SinkRecord): boolean {
  return pointId !== 0;
}

/**
 * Whether what was refused goes. Nobody can tell the times in it: it goes whole when it may hold any, that is unless it came before them.
 * Bytes that cannot be read may be anybody's.
 */
export function goesFromQuarantine(entry: QuarantineEntry, tombstone: Tombstone): boolean {
  if (entry.receivedAtMs < tombstone.fromMs) return false;
  const decoded = decodeMessage(entry.payload);
  if (!decoded.ok || decoded.value.kind === Kind.export) return true;
  const { value } = decoded;
  return (
    (value.kind === Kind.data || value.kind === Kind.choice) && isOfSubject(tombstone, value.subject ?? 0)
  );
}
