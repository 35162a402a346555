import { type Boot, limits, toHex } from '../wire/index.ts';
import { emptyWindow, judgeSeq, type SeqWindow, withSeq } from './replay-bits.ts';

/** Windows of the boots of one device that still count, oldest first: plain data, safe through JSON. */
export interface ReplayState {
  /** Sequence numbers per boot that can be told apart; a multiple of 32. */
  size: number;
  /** Boot counters up to here are closed: their windows were given up. -1 = none. */
  floor: number;
  boots: readonly BootWindow[];
}

export interface BootWindow extends SeqWindow {
  /** The counter, or the random boot id in hex. */
  boot: number | string;
}

/** A message as the window sees it. */
export interface MessageId {
  boot: Boot;
  seq: number;
}

/**
 * `new`: never seen. `repeated`: seen; store nothing, acknowledge again. `expired`: older than the window or the oldest open
 * boot; nothing can be said, so it is not taken. `unproven`: a random boot that nobody vouches for.
 */
export type ReplayVerdict = 'new' | 'repeated' | 'expired' | 'unproven';

export const defaultReplaySize = 1024;
/** A device may come back with this many boots in its outbox. */
export const maxReplayBoots = 8;

/** An empty state. `size`: 32 to 65536. */
export function replayWindow(size: number = defaultReplaySize): ReplayState {
  if (size < 32 || size > 65536 || size % 32 !== 0) throw new Error(`a replay window of ${size}`);
  return { size, floor: -1, boots: [] };
}

function keyOf(boot: Boot): number | string {
  return typeof boot === 'number' ? boot : toHex(boot);
}

/**
 * Judges the seq of a message whose seal holds. `fresh`: the device has echoed a nonce of this gateway on this connection; a
 * random boot id that was not seen before is taken only then, for there is no order among random ids.
 */
export function judgeReplay(
  state: ReplayState,
  id: MessageId,
  options: { fresh?: boolean } = {},
): ReplayVerdict {
  const boot = keyOf(id.boot);
  const known = state.boots.find((each) => each.boot === boot);
  if (known) return judgeSeq(known, id.seq);
  if (typeof boot === 'string') return options.fresh ? 'new' : 'unproven';
  return boot > state.floor ? 'new' : 'expired';
}

/** Counters by number, random ids in the order they came. */
function insertAt(boots: readonly BootWindow[], boot: number | string): number {
  if (typeof boot === 'string') return boots.length;
  const later = boots.findIndex((each) => typeof each.boot === 'number' && each.boot > boot);
  return later < 0 ? boots.length : later;
}

function closeOldest(state: ReplayState): ReplayState {
  if (state.boots.length <= maxReplayBoots) return state;
  const [oldest, ...boots] = state.boots;
  const closed = typeof oldest?.boot === 'number' ? oldest.boot : -1;
  return { ...state, floor: Math.max(state.floor, closed), boots };
}

/**
 * The state after a message was stored. Save it with the message, or before it is acknowledged: a state that is lost opens
 * the door to everything since. Only for messages that `judgeReplay` called `new`; others leave the state as it is.
 */
export function recordSeen(state: ReplayState, id: MessageId): ReplayState {
  const boot = keyOf(id.boot);
  const index = state.boots.findIndex((each) => each.boot === boot);
  const boots = [...state.boots];
  const known = boots[index];
  if (known) boots[index] = { boot, ...withSeq(known, id.seq) };
  else if (typeof boot === 'number' && boot <= state.floor) return state;
  else boots.splice(insertAt(boots, boot), 0, { boot, ...withSeq(emptyWindow(state.size), id.seq) });
  return closeOldest({ ...state, boots });
}

function isBootWindow(value: unknown, size: number): value is BootWindow {
  if (typeof value !== 'object' || value === null) return false;
  const { boot, top, words } = value as Partial<BootWindow>;
  const isBoot = typeof boot === 'string' ? /^[0-9a-f]{16}$/.test(boot) : isCount(boot, 0);
  if (!isBoot || !isCount(top, -1) || !Array.isArray(words)) return false;
  return words.length === size / 32 && words.every((word) => isCount(word, 0));
}

function isCount(value: unknown, min: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= limits.maxU32;
}

/** A state that was saved as JSON and parsed again; null when it is not one. Then refuse the device rather than start anew. */
export function restoreReplayState(saved: unknown): ReplayState | null {
  if (typeof saved !== 'object' || saved === null) return null;
  const { size, floor, boots } = saved as Partial<ReplayState>;
  if (!isCount(size, 32) || size > 65536 || size % 32 !== 0 || !isCount(floor, -1)) return null;
  if (!Array.isArray(boots) || boots.length > maxReplayBoots) return null;
  return boots.every((each) => isBootWindow(each, size)) ? { size, floor, boots } : null;
}
