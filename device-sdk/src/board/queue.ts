import { Label } from '@usewire/protocol/wire';
import { chars, head, int, type Octets } from './octets.ts';
import { readItem } from './read-item.ts';
import { type BoardState, Cause, type Waiting } from './state.ts';

/** Counts lost records, and owes the gateway a gap record of them. */
export function lose(board: BoardState, cause: number, records: number): void {
  board.losses[cause] += records;
  board.owed[cause] += records;
}

/** A message of the board: what every one says of its place in the board's life (POU-ENV-6), then `pairs` more, encoded in `rest`. */
export function message(
  board: BoardState,
  kind: number,
  uptimeMs: number,
  pairs: number,
  rest: Octets,
): Octets {
  const boot = board.boot;
  return (
    head(160, 4 + pairs) +
    // The label of the kind is 0.
    chars(Label.kind, kind, Label.seq) +
    int(board.seq) +
    head(0, Label.boot) +
    (typeof boot === 'number' ? int(boot) : head(64, boot.length) + boot) +
    head(0, Label.uptimeMs) +
    int(uptimeMs) +
    rest
  );
}

/** Takes out the message with this tag (or, with none, this seq) that was sent before. */
export function take(board: BoardState, tag: number, seq: number): Waiting | null {
  const queue = board.queue;
  for (let i = 0; i < queue.length; i++) {
    if (tag ? queue[i].tag !== tag || !queue[i].out : queue[i].seq !== seq || !queue[i].tag) continue;
    const taken = queue.splice(i, 1)[0];
    board.queueBytes -= taken.body.length;
    if (taken.id) board.ports.outbox!.settle(taken.id);
    return taken;
  }
  return null;
}

function push(board: BoardState, seq: number, key: string, body: Octets, worth: number, id: number): void {
  board.queue.push({ seq: seq, key: key, body: body, worth: worth, tag: 0, out: false, id: id });
  board.queueBytes += body.length;
}

/**
 * Keeps a message of the next seq: in the outbox, where there is one, and in RAM as far as it has room. Where it is in RAM alone, what no gateway can have
 * makes room, oldest first, and what finds none is lost. Losses are counted either way.
 */
export function enqueue(
  board: BoardState,
  key: string,
  body: Octets,
  worth: number,
  priority: number,
  tells: boolean,
): void {
  const queue = board.queue;
  const outbox = board.ports.outbox;
  const parts = key.split(':');
  const id = outbox && worth ? outbox.keep(priority, +parts[1], +parts[0], worth, body, tells) : 0;
  const maxBytes = board.settings.maxQueueBytes - body.length;
  for (let i = 0; i < queue.length && !id && board.queueBytes > maxBytes; i++) {
    if (queue[i].tag || !queue[i].worth || queue[i].id) continue;
    const lost = queue.splice(i--, 1)[0];
    board.queueBytes -= lost.body.length;
    lose(board, Cause.evicted, lost.worth);
    // It may have told the clock.
    board.told = null;
  }
  if (!worth || board.queueBytes <= maxBytes) push(board, board.seq++, key, body, worth, id);
  else if (id) board.seq++;
  else lose(board, Cause.evicted, worth);
}

/** Brings what waits in the outbox into RAM, as far as it has room: behind what is new. */
export function refill(board: BoardState): void {
  const outbox = board.ports.outbox;
  while (outbox && board.queueBytes <= board.settings.maxQueueBytes - board.settings.maxMessageBytes) {
    const kept = outbox.next();
    if (!kept) return;
    // Map head, kind, then seq and boot (POU-ENV-6): what a nack names it by, if it is of this boot.
    const cursor = { input: kept[3], at: 4 };
    const seq = readItem(cursor, 0) as number;
    cursor.at++;
    push(board, readItem(cursor, 0) === board.boot ? seq : -1, kept[2], kept[3], kept[1], kept[0]);
  }
}
