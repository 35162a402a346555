import { Kind, Label } from '@usewire/protocol/wire';
import { head, int } from './octets.ts';
import { enqueue, message } from './queue.ts';
import { cutAll } from './record.ts';
import type { BoardState } from './state.ts';
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

/** `Board.consent`. */
export function consent(
  this: BoardState,
  choices: { [purpose: string]: boolean },
  subject?: string,
): boolean {
  const board = this;
  const slot = board.model.subjects.indexOf(subject as string) + 1;
  const all = JSON.parse(JSON.stringify(board.choices)) as BoardState['choices'];
  const mine = all[slot] || {};
  let count = 0;
  let map = '';
  all[slot] = mine;
  for (const name in choices) {
    // Not "code" as below: one name for two blocks loses its first `var` when it is minified.
    const chosen = board.model.purposes[name];
    if (!chosen) return false;
    mine[chosen] = choices[name] ? 1 : mine[chosen] ? 2 : 0;
  }
  // Codes of purposes are 1 to 12; keys of a map travel in order.
  for (let code = 1; code < 13; code++) {
    if (mine[code] === undefined) continue;
    map += head(0, code) + int(mine[code]);
    count++;
  }
  // A choice that is not written down would be forgotten by a restart: better refused now.
  if (!count || !board.ports.storage.put('consent', JSON.stringify([board.epoch + 1, all]))) return false;
  // What was recorded so far was recorded under the choices before.
  cutAll(board, Infinity);
  const rest =
    head(0, Label.epoch) +
    int(board.epoch) +
    head(0, Label.subject) +
    int(slot) +
    head(0, Label.choices) +
    head(160, count) +
    map;
  enqueue(board, message(board, Kind.choice, uptime(board), 3, rest), 0);
  board.choices = all;
  board.epoch++;
  return true;
}
