import { Kind, Label } from '@usewire/protocol/wire';
import { addRow, closeBlock } from './entries.ts';
import { head, int, type Octets } from './octets.ts';
import { enqueue, lose, message } from './queue.ts';
import { type BoardState, Cause, nobodys, Phase } from './state.ts';
import { clockPair, uptime, wallOf } from './time.ts';

const tellClockEvery = 32;
const movedMs = 1000;

/** The clock where it is news (POU-TIME-1), else ''. */
function clockNews(board: BoardState, baseMs: number): Octets {
  const wall = wallOf(board);
  const told = board.told;
  if (!wall) return '';
  wall.unixMs -= uptime(board);
  if (
    told &&
    ++board.untold < tellClockEvery &&
    wall.quality === told.quality &&
    Math.abs(wall.unixMs - told.unixMs) <= movedMs
  )
    return '';
  board.untold = 0;
  board.told = wall;
  return clockPair(wall, wall.unixMs + baseMs);
}

/** Makes a message of the batch of a key. Where that is nobody's, it tells what was lost: nobody takes that back. */
export function cut(board: BoardState, key: string, isCritical: boolean): void {
  const batch = board.batches[key];
  const slot = +key.split(':')[1];
  const now = uptime(board);
  const wall = wallOf(board);
  const outbox = board.ports.outbox;
  // Only where it goes out now: told in a message that waits, it could be evicted and told again.
  const evicted = outbox && key === nobodys && board.phase === Phase.open ? outbox.owed() : 0;
  let priority = isCritical ? 1 : 2;
  delete board.batches[key];
  for (const name in batch.series) {
    closeBlock(batch, batch.series[name]);
    // Series can be thinned.
    if (!isCritical) priority = 3;
  }
  lose(board, Cause.evicted, evicted);
  for (const name in batch.sums) addRow(batch, batch.sums[name], now, 3, int(board.sums[slot + name]));
  for (let cause = 0; cause < 6 && key === nobodys; cause++) {
    const owed = board.owed[cause];
    if (!owed) continue;
    addRow(batch, 0, now, 4, int(owed) + head(160, 1) + int(0) + int(cause));
    batch.records += owed;
    board.owed[cause] = 0;
  }
  const clock = clockNews(board, batch.base);
  // For gateways that have to estimate when a boot began; not where the device knows the time.
  const age = wall && wall.quality ? 0 : now - batch.base;
  const rest =
    head(0, Label.modelHash) +
    head(64, 4) +
    board.hash.substr(0, 4) +
    head(0, Label.epoch) +
    int(board.epoch) +
    clock +
    head(0, Label.records) +
    head(128, batch.entries) +
    batch.body +
    (slot ? head(0, Label.subject) + int(slot) : '') +
    (age ? head(0, Label.ageMs) + int(age) : '');
  const pairs = 3 + (clock ? 1 : 0) + (slot ? 1 : 0) + (age ? 1 : 0);
  const body = message(board, Kind.data, batch.base, pairs, rest);
  enqueue(board, key, body, batch.records, priority, evicted > 0);
}
