import { Label } from '@usewire/protocol/wire';
import { chars, head, int, type Octets } from './octets.ts';
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
    board.queueBytes -= queue[i].body.length;
    return queue.splice(i, 1)[0];
  }
  return null;
}

/**
 * Keeps a message of the next seq. What no gateway can have makes room, oldest first; what finds none is lost. Losses are counted either way.
 */
export function enqueue(board: BoardState, key: string, body: Octets, worth: number): void {
  const queue = board.queue;
  const maxBytes = board.settings.maxQueueBytes - body.length;
  for (let i = 0; i < queue.length && board.queueBytes > maxBytes; i++) {
    if (queue[i].tag || !queue[i].worth) continue;
    const lost = queue.splice(i--, 1)[0];
    board.queueBytes -= lost.body.length;
    lose(board, Cause.evicted, lost.worth);
    // It may have told the clock.
    board.told = null;
  }
  if (worth && board.queueBytes > maxBytes) {
    lose(board, Cause.evicted, worth);
    return;
  }
  queue.push({ seq: board.seq++, key: key, body: body, worth: worth, tag: 0, out: false });
  board.queueBytes += body.length;
}
