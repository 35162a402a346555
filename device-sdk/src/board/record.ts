import { cut } from './cut.ts';
import { addRow, closeBlock } from './entries.ts';
import { field } from './field.ts';
import { head, int, type Octets } from './octets.ts';
import { lose } from './queue.ts';
import { type Batch, type BoardState, Cause } from './state.ts';
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
  // What consent refuses leaves no trace.
  if (+point[2] && (board.choices[slot] || {})[point[2]] !== 1) return;
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
  let batch = board.batches[slot];
  // Rows cannot go back in time.
  if (batch && (atMs < batch.last || batch.size + bytes > board.settings.maxMessageBytes - reservedBytes)) {
    cut(board, slot);
    batch = board.batches[slot];
  }
  const free = board.ports.free;
  if (!cause && !batch && free && free() < board.settings.minFree) cause = Cause.overflow;
  if (cause) {
    board.accepted++;
    lose(board, cause, 1);
    return;
  }
  if (!batch) {
    batch = newBatch(atMs);
    board.batches[slot] = batch;
    if (board.ports.wake) board.ports.wake();
  }
  if (kind === 'c') {
    const key = slot + name;
    board.sums[key] = (board.sums[key] || 0) + (value as number);
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
  board.accepted++;
  // Critical.
  if (point[4] === '0') cut(board, slot);
}

/** Makes messages of the batches that began at or before `untilMs`; of losses alone where there is no batch. */
export function cutAll(board: BoardState, untilMs: number): void {
  let owed = 0;
  // By number: engines differ in the order of an object's numbers.
  for (let slot = 0; slot <= board.model.subjects.length; slot++) {
    if (board.batches[slot] && board.batches[slot].base <= untilMs) cut(board, slot);
  }
  for (let cause = 0; cause < 6; cause++) owed += board.owed[cause];
  if (!owed) return;
  if (!board.batches[0]) board.batches[0] = newBatch(uptime(board));
  cut(board, 0);
}
