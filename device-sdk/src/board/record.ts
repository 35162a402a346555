import { cut } from './cut.ts';
import { addRow, closeBlock } from './entries.ts';
import { field } from './field.ts';
import { head, int, type Octets } from './octets.ts';
import { lose } from './queue.ts';
import { type Batch, type BoardState, Cause, choiceOf, nobodys, Phase } from './state.ts';
import { uptime } from './time.ts';

/** Envelope, clock, gap rows of the longest message. */
const reservedBytes = 160;
/** Head of a row or block, and a difference that is longer than the sample it leads to. */
const rowBytes = 21;

export function newBatch(atMs: number): Batch {
  return { base: atMs, last: atMs, body: '', entries: 0, records: 0, size: 0, series: {}, sums: {} };
}

/**
 * A sample belongs to a block when it lies within half a period of its place: else the block would move it in time. Returns by how much the
 * batch grows.
 */
function addSample(batch: Batch, name: string, point: string[], atMs: number, value: number): number {
  const period = +point[5];
  let block = batch.series[name];
  let grown = 0;
  if (!block || Math.abs(atMs - block.at - block.count * period) * 2 > period) {
    if (block) closeBlock(batch, block);
    block = { id: +point[0], at: atMs, count: 0, last: 0, body: '' };
    batch.series[name] = block;
    grown = rowBytes;
  }
  const difference = int(value - block.last);
  block.body += difference;
  block.last = value;
  block.count++;
  return grown + difference.length;
}

/** `Board.record`. */
export function record(
  this: BoardState,
  name: string,
  value?: unknown,
  attributes?: unknown,
  subject?: unknown,
): void {
  const board = this;
  const lines = (board.model.points[name] || '').split('\n');
  const point = lines[0].split('\t');
  const kind = point[1];
  const isEvent = kind === 'e';
  const given = ((isEvent ? value : attributes) || {}) as { [name: string]: unknown };
  const slot = board.model.subjects.indexOf((isEvent ? attributes : subject) as string) + 1;
  const key = point[2] + ':' + slot;
  const choice = choiceOf(board, key);
  // What consent refuses leaves no trace.
  if (choice !== 1 && choice !== undefined) return;
  let cause = point[3] === (slot ? '1' : '0') ? 0 : Cause.invalid;
  let own: Octets = '';
  let pairs: Octets = '';
  let count = 0;
  for (let i = 1; i < lines.length; i++) {
    const parts = lines[i].split('\t');
    const isOwn = i === 1 && !isEvent;
    const each = isOwn ? value : given[parts[0]];
    if (each === undefined || each === null) {
      // A capital: optional.
      if (parts[2] > 'Z') cause = Cause.invalid;
      continue;
    }
    const bytes = field(parts, each, board.ports.utf8);
    if (!bytes) cause = Cause.invalid;
    if (isOwn) own = bytes;
    else {
      pairs += int(+parts[1]) + bytes;
      count++;
    }
  }
  const now = uptime(board);
  let atMs = kind === 'd' ? Math.max(0, now - (value as number)) : now;
  // A period is no resolution.
  if (kind !== 't') atMs -= atMs % +point[5];
  let bytes = own.length + pairs.length + rowBytes;
  let batch = board.batches[key];
  const isCritical = point[4] === '0';
  // Rows cannot go back in time, and what is critical shares its message with nothing that might make it give way.
  if (
    batch &&
    (isCritical || atMs < batch.last || batch.size + bytes > board.settings.maxMessageBytes - reservedBytes)
  ) {
    if (!choice) return;
    cut(board, key, false);
    batch = board.batches[key];
  }
  const free = board.ports.free;
  if (!cause && !batch && free && free() < board.settings.minFree) cause = Cause.overflow;
  if (cause) {
    // Nobody decided yet: what has no place to wait in is gone.
    if (!choice) return;
    board.accepted++;
    lose(board, cause, 1);
    return;
  }
  if (!batch) {
    batch = newBatch(atMs);
    board.batches[key] = batch;
    if (board.ports.wake) board.ports.wake();
  }
  if (kind === 'c') {
    const sum = slot + name;
    board.sums[sum] = (board.sums[sum] || 0) + (value as number);
    if (batch.sums[name]) return;
    batch.sums[name] = +point[0];
  } else if (kind === 't') {
    const parts = lines[1].split('\t');
    bytes = addSample(batch, name, point, atMs, Math.round(((value as number) / +parts[4]) * +parts[3]));
  } else {
    if (count && isEvent) own = head(224, 22);
    if (count) own += head(160, count) + pairs;
    bytes = -batch.body.length;
    addRow(batch, +point[0], atMs, count ? 4 : isEvent ? 2 : 3, own);
    bytes += batch.body.length;
  }
  batch.size += bytes;
  batch.records++;
  if (!choice) return;
  board.accepted++;
  if (isCritical) cut(board, key, true);
}

/** Makes messages of the batches that began at or before `untilMs`; of losses alone where there is no batch. */
export function cutAll(board: BoardState, untilMs: number): void {
  let owed = board.ports.outbox && board.phase === Phase.open ? board.ports.outbox.owed() : 0;
  const keys = Object.keys(board.batches);
  // Not "in": Espruino ends such a loop where a member goes.
  for (let i = 0; i < keys.length; i++) {
    if (choiceOf(board, keys[i]) && board.batches[keys[i]].base <= untilMs) cut(board, keys[i], false);
  }
  for (let cause = 0; cause < 6; cause++) owed += board.owed[cause];
  if (!owed) return;
  if (!board.batches[nobodys]) board.batches[nobodys] = newBatch(uptime(board));
  cut(board, nobodys, false);
}
