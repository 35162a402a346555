import { Kind, Label } from '@usewire/protocol/wire';
import { head, int, type Octets } from './octets.ts';
import { enqueue, message } from './queue.ts';
import { cutAll } from './record.ts';
import { type BoardState, choiceOf } from './state.ts';
import { uptime } from './time.ts';

/** Nothing is granted until a person grants it; damaged choices are none. */
export function loadConsent(board: BoardState): void {
  try {
    const saved = JSON.parse(board.ports.storage.get('consent') as string) as [number, BoardState['choices']];
    if (saved[0] >= 0 && saved[1]) {
      board.epoch = saved[0];
      board.choices = saved[1];
    }
  } catch (_) {
    board.epoch = 0;
  }
}

/** Choices of a slot as they travel; '' where there are none. */
function pairsOf(choices: { [purpose: string]: number }): Octets {
  let map = '';
  let count = 0;
  // Codes of purposes are 1 to 12; keys of a map travel in order.
  for (let code = 1; code < 13; code++) {
    if (choices[code] === undefined) continue;
    map += head(0, code) + int(choices[code]);
    count++;
  }
  return count ? head(160, count) + map : '';
}

/** Tells a slot's choices: before any data, after the choices before. */
export function tellChoices(board: BoardState, slot: string | number): void {
  const choices = board.choices[slot];
  const map = pairsOf(choices);
  if (!map) return;
  const place = head(0, Label.epoch) + int(choices[0]) + head(0, Label.subject) + int(+slot);
  const body = message(board, Kind.choice, uptime(board), 3, place + head(0, Label.choices) + map);
  enqueue(board, '', body, 0, 1, false);
  let at = 0;
  while (!board.queue[at].worth && board.queue[at].seq < board.seq - 1) at++;
  board.queue.splice(at, 0, board.queue.pop()!);
}

/**
 * Takes out of queue and outbox what nobody allows any more, or all of a slot that is erased; a message of it that is on its way ends the link.
 */
export function dropQueued(board: BoardState, erased: string): void {
  const queue = board.queue;
  const outbox = board.ports.outbox;
  const isGone = (slot: number, purpose: number): boolean =>
    '' + slot === erased || choiceOf(board, purpose + ':' + slot) !== 1;
  let isOut = false;
  if (outbox) board.withdrawn += outbox.wipe(isGone);
  for (let i = queue.length - 1; i >= 0; i--) {
    const parts = queue[i].key.split(':');
    if (!parts[1] || !isGone(+parts[1], +parts[0])) continue;
    const gone = queue.splice(i, 1)[0];
    board.queueBytes -= gone.body.length;
    if (!gone.id) board.withdrawn += gone.worth;
    isOut = isOut || gone.out;
    // It may have told the clock.
    board.told = null;
  }
  if (isOut) board.onClose({ kind: 'lost', detail: 'withdrawn' });
}

/**
 * Acts on the choices of a slot from now on. What is not allowed any more is gone; what nobody had decided on stays while nobody says no to it.
 * False: the storage did not take it, and nothing changed.
 */
export function choose(
  board: BoardState,
  slot: string,
  mine: { [purpose: string]: number },
  epoch: number,
  isErased: boolean,
): boolean {
  const before = board.choices[slot] || {};
  const all = JSON.parse(JSON.stringify(board.choices)) as BoardState['choices'];
  all[slot] = mine;
  // A choice that is not written down would be forgotten by a restart: better refused now.
  if (!board.ports.storage.put('consent', JSON.stringify([epoch, all]))) return false;
  const stays = (purpose: string): boolean =>
    !isErased &&
    (!+purpose || mine[purpose] === 1 || (before[purpose] === undefined && mine[purpose] === undefined));
  const keys = Object.keys(board.batches);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const parts = key.split(':');
    const records = board.batches[key].records;
    if (parts[1] !== slot) continue;
    const wasGranted = choiceOf(board, key);
    if (!stays(parts[0])) {
      delete board.batches[key];
      if (wasGranted) board.withdrawn += records;
    } else if (!wasGranted && mine[parts[0]]) board.accepted += records;
  }
  for (const name in board.model.points) {
    if (!stays(board.model.points[name].split('\t')[2])) delete board.sums[slot + name];
  }
  // What was recorded so far was recorded under the choices before.
  cutAll(board, Infinity);
  board.choices = all;
  board.epoch = epoch;
  dropQueued(board, isErased ? slot : '');
  return true;
}

/** `Board.consent`. */
export function consent(
  this: BoardState,
  choices: { [purpose: string]: boolean },
  subject?: string,
): boolean {
  const board = this;
  const slot = '' + (board.model.subjects.indexOf(subject as string) + 1);
  const mine = JSON.parse(JSON.stringify(board.choices[slot] || {})) as { [purpose: string]: number };
  let count = 0;
  mine[0] = board.epoch;
  for (const name in choices) {
    const code = board.model.purposes[name];
    if (!code) return false;
    mine[code] = choices[name] ? 1 : mine[code] ? 2 : 0;
    count++;
  }
  if (!count || !choose(board, slot, mine, board.epoch + 1, false)) return false;
  tellChoices(board, slot);
  return true;
}
