import type { Octets } from '../board/octets.ts';
import { bodyOf, type Frame, FrameKind, frameHeadBytes, generationOf, readU32, u32 } from './frame.ts';
import { add, isIn } from './ranges.ts';
import { after, append, eachFrame, note, retire } from './segments.ts';
import type { FlashState } from './state.ts';

/** Periods that series are thinned to, one after the other. */
const periodsMs = [60000, 900000];

/** Parts of a segment that may be carried over from another: of all, and of what is neither critical nor on its way, which bounds how much more is written than was given. */
const share = 0.5;
const commonShare = 0.125;

interface Room {
  /** That are left for all, and for what is neither critical nor on its way. */
  bytes: number;
  common: number;
  lost: number;
}

/** The message as it is carried over: bulk as thin as it gets in one step. */
function thinned(state: FlashState, frame: Frame, body: Octets): { body: Octets; steps: number } {
  for (let steps = frame.thinned; steps < periodsMs.length; steps++) {
    const made = state.thin(body, periodsMs[steps]);
    if (made) return { body: made, steps: steps + 1 };
  }
  return { body: body, steps: periodsMs.length };
}

function carry(state: FlashState, segment: number, frame: Frame, room: Room): void {
  const found = bodyOf(state.port, segment, frame);
  const made =
    frame.kind === FrameKind.bulk ? thinned(state, frame, found) : { body: found, steps: frame.thinned };
  const copy = {
    kind: frame.kind,
    thinned: made.steps,
    tells: frame.tells,
    slot: frame.slot,
    purpose: frame.purpose,
    worth: frame.worth,
    id: frame.id,
  };
  const bytes = made.body.length + frameHeadBytes + 3;
  const isFirst = frame.kind === 1 || state.isHeld(frame.id);
  const hasRoom = bytes <= room.bytes && (isFirst || bytes <= room.common);
  if (hasRoom && append(state, copy, made.body)) {
    room.bytes -= bytes;
    if (!isFirst) room.common -= bytes;
    return;
  }
  add(state.settled, frame.id, frame.id);
  room.lost += frame.worth;
}

/** What an earlier life carried over before the power went, and whether it had come to the end. */
function findCarried(state: FlashState, generation: number): { ids: number[]; isDone: boolean } {
  const carried = { ids: [] as number[], isDone: false };
  eachFrame(state, state.current, 0, (frame) => {
    if (frame.kind === FrameKind.lost) {
      const body = bodyOf(state.port, state.current, frame);
      carried.isDone = carried.isDone || readU32(body, 0) === generation;
    } else if (frame.kind <= FrameKind.bulk) add(carried.ids, frame.id, frame.id);
    return false;
  });
  return carried;
}

/**
 * Keeps the segment behind the written one free. What waits in it is carried over by priority, bulk more coarsely (thin before drop); what finds no
 * room is lost and counted, in the flash too. May be cut short anywhere and called again.
 */
export function makeRoom(state: FlashState): void {
  const segment = after(state, state.current);
  const generation = generationOf(state.port, segment);
  if (!generation) return;
  const carried = findCarried(state, generation);
  const size = state.port.segmentBytes;
  const room = { bytes: size * share, common: size * commonShare, lost: 0 };
  for (let kind = 1; kind <= FrameKind.bulk && !carried.isDone; kind++) {
    eachFrame(state, segment, 0, (frame) => {
      if (frame.kind === kind && !isIn(state.settled, frame.id) && !isIn(carried.ids, frame.id))
        carry(state, segment, frame, room);
      return false;
    });
  }
  // Also of nothing: it says that the segment is done with. The sum is of all that no message tells, as older notes may stand in it.
  state.lost += room.lost;
  if (!carried.isDone) note(state, FrameKind.lost, u32(generation) + u32(state.lost));
  if (state.reading === segment) {
    state.reading = after(state, segment);
    state.readingAt = 0;
  }
  retire(state, segment);
}
