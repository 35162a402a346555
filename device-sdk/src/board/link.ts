import { Code, codeClass, Kind, Label } from '@usewire/protocol/wire';
import { backoffMs } from '../core/backoff.ts';
import type { CloseReason } from '../core/ports.ts';
import { choose, tellChoices } from './consent.ts';
import { onErase } from './erase.ts';
import { chars, head, int, type Octets } from './octets.ts';
import { lose, message, refill, take } from './queue.ts';
import { randomOctets } from './random.ts';
import { type Item, readItem } from './read-item.ts';
import { type BoardState, Cause, Phase, type Waiting } from './state.ts';
import { clockPair, uptime, wallOf } from './time.ts';

const maxRecent = 8;

export function newTag(board: BoardState): number {
  board.tag = (board.tag % 65000) + 1;
  return board.tag;
}

export function bye(board: BoardState, reason: number): Octets {
  return message(board, Kind.bye, uptime(board), 1, chars(Label.reason, reason));
}

/** Sends what waits, in order, as far as the link allows. */
export function pump(board: BoardState): void {
  const now = uptime(board);
  let out = 0;
  if (board.phase === Phase.open) refill(board);
  for (let i = 0; i < board.queue.length && out < board.settings.maxInFlight; i++) {
    const each = board.queue[i];
    if (!each.out) {
      if (board.phase !== Phase.open || now < board.holdMs) return;
      const again = each.tag > 0;
      if (!again) each.tag = newTag(board);
      if (!out) board.silentMs = now;
      each.out = true;
      if (!board.ports.transport.send(each.tag, 'up', each.body, again)) {
        each.out = false;
        return;
      }
      // Answers may come from within, and take it away: then the next one is in its place.
      if (board.queue[i] !== each) {
        i--;
        continue;
      }
    }
    out++;
  }
}

/** `BoardEvents.onClose`, and what else ends a link. */
export function onClose(this: BoardState, reason: CloseReason): void {
  const board = this;
  const isRefused = reason.kind === 'refused';
  const settings = board.settings;
  if (board.phase === Phase.stopped) return;
  board.ports.transport.close();
  board.phase = Phase.waiting;
  board.problem = reason.kind + ': ' + reason.detail;
  board.failures++;
  const delay = isRefused ? settings.maxRetryMs : backoffMs(settings, board.failures, board.ports.random);
  board.dueMs = uptime(board) + delay;
  for (let i = 0; i < board.queue.length; i++) board.queue[i].out = false;
  if (board.ports.wake) board.ports.wake();
}

/** `BoardEvents.onOpen`: says hello, whole in the first of a boot (POU-KIND-1), with the time where there is one, asking for it where there is none. */
export function onOpen(this: BoardState): void {
  const board = this;
  const wall = wallOf(board);
  const settings = board.settings;
  let pairs = 1;
  let rest = head(0, Label.modelHash) + head(64, 8) + board.hash;
  if (!board.isIntroduced) {
    const clock = wall ? clockPair(wall, wall.unixMs) : '';
    rest +=
      clock +
      head(0, Label.hardware) +
      head(128, 2) +
      head(96, settings.hardware.length) +
      settings.hardware +
      head(96, settings.software.length) +
      settings.software +
      head(0, Label.levels) +
      head(128, 1) +
      int(0);
    pairs += clock ? 3 : 2;
  }
  if (!wall) {
    // The gateway answers a nonce with its clock.
    rest += head(0, Label.nonce) + head(64, 8) + randomOctets(board);
    pairs++;
  }
  board.helloTag = newTag(board);
  board.silentMs = uptime(board);
  board.phase = Phase.hello;
  const hello = message(board, Kind.hello, board.silentMs, pairs, rest);
  board.ports.transport.send(board.helloTag, 'st', hello, false);
}

function settle(board: BoardState, acked: Waiting | null): void {
  if (acked) {
    board.acked += acked.worth;
    board.failures = 0;
    board.silentMs = uptime(board);
    board.recent.push(acked.seq, acked.worth);
    board.recent = board.recent.slice(-2 * maxRecent);
  } else if (board.helloTag) {
    board.helloTag = 0;
    board.isIntroduced = true;
    board.phase = Phase.open;
  }
  pump(board);
}

/** `BoardEvents.onAck`. */
export function onAck(this: BoardState, tag: number): void {
  const board = this;
  const taken = take(board, tag, 0);
  if (taken || tag === board.helloTag) settle(board, taken);
}

function onNack(board: BoardState, nack: { [label: string]: Item }): void {
  const what = codeClass(nack[Label.code] as number);
  const seq = nack[Label.seq] as number;
  const isMine = nack[Label.boot] === board.boot;
  const detail = 'nack ' + nack[Label.code] + ' ' + (nack[Label.detail] || '');
  board.problem = detail;
  if (what === 'stop') board.onClose({ kind: 'refused', detail: detail });
  else if (what === 'retry' || what === 'resync') {
    const delay = nack[Label.retryAfterMs] as number;
    const random = board.ports.random;
    board.holdMs = uptime(board) + (delay > 0 ? delay : backoffMs(board.settings, ++board.failures, random));
    for (let i = 0; i < board.queue.length; i++) {
      if (isMine && board.queue[i].seq === seq) board.queue[i].out = false;
    }
    if (what === 'resync') {
      if (nack[Label.code] === Code.consentStale) for (const slot in board.choices) tellChoices(board, slot);
      board.isIntroduced = false;
      board.onOpen();
    }
  } else if (isMine) {
    const taken = take(board, 0, seq);
    const at = board.recent.indexOf(seq);
    const worth = taken ? taken.worth : at < 0 ? 0 : board.recent.splice(at, 2)[1];
    if (!taken) board.acked -= worth;
    // What consent refuses is no loss, and no gap tells of it.
    if (nack[Label.code] === Code.consentMissing || nack[Label.code] === Code.subjectErased)
      board.withdrawn += worth;
    else lose(board, what === 'split' ? Cause.overflow : Cause.invalid, worth);
  }
}

/** `BoardEvents.onMessage`. Bytes that are no message, and kinds that a board does not act on, change nothing. */
export function onMessage(this: BoardState, bytes: Octets): void {
  const board = this;
  const cursor = { input: bytes, at: 0 };
  const read = readItem(cursor, 0) as { [label: string]: Item };
  // A map: anything else is no message.
  if (cursor.at !== bytes.length || bytes.charCodeAt(0) >> 5 !== 5) return;
  const kind = read[Label.kind];
  if (kind === Kind.nack) onNack(board, read);
  else if (kind === Kind.time) {
    const clock = read[Label.clock] as number[];
    if (clock && clock[0] >= 0)
      board.learned = { unixMs: clock[0] - uptime(board), quality: 3, boundMs: clock[2] };
  } else if (kind === Kind.erase || kind === Kind.eraseReceipt) onErase(board, read);
  else if (kind === Kind.consent) {
    const choices = read[Label.choices] as { [purpose: string]: number };
    const epoch = read[Label.epoch] as number;
    const subject = read[Label.subject] as number;
    if (!(epoch >= 0 && subject >= 0 && choices)) return;
    choices[0] = epoch - 1;
    // Not newer than what is known here: the answer says so.
    if (epoch <= board.epoch || choose(board, '' + subject, choices, epoch, false)) {
      const rest = head(0, Label.epoch) + int(board.epoch) + head(0, Label.subject) + int(subject);
      const answer = message(board, Kind.consentAck, uptime(board), 2, rest);
      board.ports.transport.send(newTag(board), 'up', answer, false);
    }
  } else if (kind === Kind.modelReq && board.model.description) {
    const description = board.ports.unbase64(board.model.description());
    const model =
      head(160, 3) +
      chars(Label.kind, Kind.model, Label.modelHash) +
      head(64, 8) +
      board.hash +
      head(0, Label.model) +
      head(64, description.length) +
      description;
    board.ports.transport.send(newTag(board), 'up', model, false);
  } else if (kind === Kind.ack) {
    if (read[Label.boot] === board.boot) {
      for (let i = board.queue.length - 1; i >= 0; i--) {
        const each = board.queue[i];
        const taken = each && each.seq < (read[Label.nextSeq] as number) ? take(board, 0, each.seq) : null;
        if (taken) settle(board, taken);
      }
    }
    settle(board, null);
  }
}
