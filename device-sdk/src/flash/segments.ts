import type { Octets } from '../board/octets.ts';
import {
  type Frame,
  FrameKind,
  frameBytes,
  frameFrom,
  generationOf,
  isBlank,
  segmentHead,
  segmentHeadBytes,
  u32,
} from './frame.ts';
import type { FlashState } from './state.ts';

/** The segment behind another: they are used in turns, so that all wear alike. */
export function after(state: FlashState, segment: number): number {
  return (segment + 1) % state.port.segments;
}

/** Calls `visit` with each whole frame of a segment from `at` on, in order, until it returns true. */
export function eachFrame(
  state: FlashState,
  segment: number,
  from: number,
  visit: (frame: Frame) => boolean,
): void {
  const generation = generationOf(state.port, segment);
  // Behind what is written there is nothing to look for.
  const end = segment === state.current && state.at ? state.at : state.port.segmentBytes;
  let at = Math.max(from, segmentHeadBytes);
  while (generation && at < end) {
    const frame = frameFrom(state.port, segment, generation, at);
    if (!frame || visit(frame)) return;
    at = frame.end;
  }
}

/** Puts a frame at the end of the segment that is written. False: it does not fit, or the flash does not take it. */
export function append(
  state: FlashState,
  frame: Pick<Frame, 'kind' | 'thinned' | 'tells' | 'slot' | 'purpose' | 'worth' | 'id'>,
  body: Octets,
): boolean {
  const bytes = frameBytes(state.port, frame, body, state.generation, state.at);
  if (!state.generation || state.at + bytes.length > state.port.segmentBytes) return false;
  const at = state.at;
  // Also when it fails: what half of it left there cannot be written over.
  state.at += bytes.length;
  return state.port.write(state.current, at, bytes);
}

/** A frame that is no message. Its id is that of the next one, so that ids of messages have no holes and what is settled stays few ranges. */
export function note(state: FlashState, kind: number, body: Octets): boolean {
  const frame = { kind: kind, thinned: 0, tells: false, slot: 0, purpose: 0, worth: 0, id: state.nextId };
  return append(state, frame, body);
}

/** Ranges that one frame can hold; what is behind them is sent again after a restart. */
const maxRanges = 32;

/** Writes down what is settled. False: the segment is full. */
export function save(state: FlashState): boolean {
  let body = '';
  for (let i = 0; i < state.settled.length && i < 2 * maxRanges; i++) body += u32(state.settled[i]);
  return note(state, FrameKind.settled, body);
}

/** Makes the next segment the one that is written. It is free: `makeRoom` keeps one so. */
export function open(state: FlashState): boolean {
  const port = state.port;
  const segment = state.generation ? after(state, state.current) : state.current;
  // The first use, or an erasing that was cut short.
  if (!isBlank(port, segment, 0) && !port.erase(segment)) return false;
  if (!port.write(segment, 0, segmentHead(port, state.generation + 1))) return false;
  state.current = segment;
  state.generation++;
  state.at = segmentHeadBytes;
  save(state);
  return true;
}

/** Gives a segment up. Its head goes first, so that an erasing which is cut short leaves nothing that could be read. */
export function retire(state: FlashState, segment: number): void {
  state.port.write(segment, 0, '\0\0\0\0\0\0\0\0\0\0\0\0');
  state.port.erase(segment);
}

/** The longest body that is taken: what is carried over has to find room in the same segment. */
export function maxBody(state: FlashState): number {
  return state.port.segmentBytes / 2 - 8 * maxRanges;
}
