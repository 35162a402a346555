import { Kind, Label } from '@usewire/protocol/wire';
import { choose, tellChoices } from './consent.ts';
import { head, int, type Octets } from './octets.ts';
import { enqueue, message } from './queue.ts';
import { randomOctets } from './random.ts';
import type { Item } from './read-item.ts';
import type { BoardState } from './state.ts';
import { uptime } from './time.ts';

/** Erases all of a slot (-1: of everybody). Its grants are withdrawn (`ends` 2), end (0) or stay (1). False: the storage did not take it. */
function eraseSlots(board: BoardState, slot: number, ends: number): boolean {
  for (let each = 0; each <= board.model.subjects.length; each++) {
    if (slot >= 0 && slot !== each) continue;
    const before = board.choices[each] || {};
    const mine: { [purpose: string]: number } = { 0: board.epoch };
    let isTold = false;
    for (let code = 1; code < 13; code++) {
      if (before[code] === undefined || !ends) continue;
      mine[code] = before[code] === 1 ? ends : before[code];
      isTold = isTold || mine[code] !== before[code];
    }
    if (!choose(board, '' + each, mine, board.epoch + (isTold ? 1 : 0), true)) return false;
    if (isTold) tellChoices(board, each);
  }
  return true;
}

function idPair(id: Octets): Octets {
  return head(0, Label.requestId) + head(64, 16) + id;
}

/** `Board.forget`. */
export function forget(this: BoardState, subject?: string): boolean {
  const board = this;
  const slot = subject === undefined ? -1 : board.model.subjects.indexOf(subject) + 1;
  if (!slot || !eraseSlots(board, slot, 2)) return false;
  const rest =
    (slot < 0 ? '' : head(0, Label.subject) + int(slot)) + idPair(randomOctets(board) + randomOctets(board));
  enqueue(board, '', message(board, Kind.eraseReq, uptime(board), slot < 0 ? 1 : 2, rest), 0, 1, false);
  return true;
}

/** An erasure that the gateway asks for, or its receipt for one; both are answered with what was erased here. */
export function onErase(board: BoardState, read: { [label: string]: Item }): void {
  const id = read[Label.requestId] as Octets;
  const subject = read[Label.subject] as number;
  const before = board.withdrawn;
  if (!id || id.length !== 16) return;
  if (read[Label.kind] === Kind.eraseReceipt) board.erased = read[Label.count] as number;
  // Told again at each hello until its answer has come: only once.
  else if (board.erasedId !== id) {
    if (!eraseSlots(board, subject >= 0 ? subject : -1, read[Label.range] ? 1 : 0)) return;
    board.erasedId = id;
  }
  const rest = idPair(id) + head(0, Label.count) + int(board.withdrawn - before);
  enqueue(board, '', message(board, Kind.eraseAck, uptime(board), 2, rest), 0, 1, false);
}
