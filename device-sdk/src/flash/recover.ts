import {
  bodyOf,
  type Frame,
  FrameKind,
  frameHeadBytes,
  generationOf,
  isBlank,
  readU32,
  segmentHeadBytes,
} from './frame.ts';
import { makeRoom } from './make-room.ts';
import { add, isIn, touches } from './ranges.ts';
import { after, eachFrame } from './segments.ts';
import type { FlashState } from './state.ts';

/** Zeros over all that a frame says but its length and id. The kind goes first: a wiping that is cut short goes on at the next start. */
export function wipeFrame(state: FlashState, segment: number, frame: Frame): void {
  const head = state.port.read(segment, frame.at, 2);
  let zeros = '\0\0\0\0';
  state.port.write(segment, frame.at, head + zeros + '\0\0');
  while (zeros.length < 64) zeros += zeros;
  for (let at = frame.at + frameHeadBytes; at < frame.end; at += 64) {
    state.port.write(segment, at, zeros.substr(0, Math.min(64, frame.end - at)));
  }
}

function isWiped(state: FlashState, segment: number, frame: Frame): boolean {
  const body = state.port.read(segment, frame.at + 2, 6) + bodyOf(state.port, segment, frame);
  for (let i = 0; i < body.length; i++) {
    if (body.charCodeAt(i)) return false;
  }
  return true;
}

interface Found {
  /** Highest id of a message that tells all losses before it, and the last note of losses. */
  toldId: number;
  lostId: number;
  lost: number;
}

function readFrame(state: FlashState, segment: number, frame: Frame, found: Found): void {
  const isNote = frame.kind === FrameKind.settled || frame.kind === FrameKind.lost;
  state.nextId = Math.max(state.nextId, frame.id + (isNote ? 0 : 1));
  if (!frame.kind && !isWiped(state, segment, frame)) wipeFrame(state, segment, frame);
  if (frame.tells) found.toldId = Math.max(found.toldId, frame.id);
  const body = isNote ? bodyOf(state.port, segment, frame) : '';
  if (frame.kind === FrameKind.lost) {
    // Between two messages the sum only grows.
    const sum = readU32(body, 4);
    found.lost =
      frame.id > found.lostId ? sum : frame.id < found.lostId ? found.lost : Math.max(found.lost, sum);
    found.lostId = Math.max(found.lostId, frame.id);
  } else {
    for (let at = 0; at < body.length; at += 8) add(state.settled, readU32(body, at), readU32(body, at + 4));
  }
}

/**
 * Ids of frames that were torn, or are gone with their segments, need no line of their own: what is settled on both sides of them becomes one range.
 */
function closeHoles(state: FlashState): void {
  const waiting: number[] = [];
  const settled: number[] = [];
  let from = 1;
  for (let segment = 0; segment < state.port.segments; segment++) {
    eachFrame(state, segment, 0, (frame) => {
      const isMessage = frame.kind && frame.kind <= FrameKind.bulk;
      if (isMessage && !isIn(state.settled, frame.id)) add(waiting, frame.id, frame.id);
      return false;
    });
  }
  waiting.push(state.nextId, state.nextId);
  for (let i = 0; i < waiting.length; i += 2) {
    const to = waiting[i] - 1;
    if (touches(state.settled, from, to)) settled.push(from, to);
    from = waiting[i + 1] + 1;
  }
  state.settled = settled;
}

/** Where nothing was written yet: a frame that was cut short cannot be written over. */
function endOf(state: FlashState): number {
  let end = segmentHeadBytes;
  eachFrame(state, state.current, 0, (frame) => {
    end = frame.end;
    return false;
  });
  while (end < state.port.segmentBytes && !isBlank(state.port, state.current, end)) end += 4;
  return end;
}

/** Reads what an earlier life left. */
export function recover(state: FlashState): void {
  const found = { toldId: 0, lostId: 0, lost: 0 };
  for (let segment = 0; segment < state.port.segments; segment++) {
    const generation = generationOf(state.port, segment);
    // Whose erasing was cut short: what it held may have been withdrawn since.
    if (!generation && !isBlank(state.port, segment, 0)) state.port.erase(segment);
    if (generation > state.generation) {
      state.generation = generation;
      state.current = segment;
    }
    eachFrame(state, segment, 0, (frame) => {
      readFrame(state, segment, frame, found);
      return false;
    });
  }
  if (!state.generation) return;
  state.lost = found.lostId > found.toldId ? found.lost : 0;
  state.at = endOf(state);
  closeHoles(state);
  makeRoom(state);
  // The oldest that holds something. Not the free one: it becomes the newest.
  state.reading = after(state, state.current);
  while (state.reading !== state.current && !generationOf(state.port, state.reading))
    state.reading = after(state, state.reading);
}
