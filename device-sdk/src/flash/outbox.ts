import type { BoardOutbox, Kept } from '../board/ports.ts';
import { bodyOf, FrameKind, generationOf } from './frame.ts';
import { makeRoom } from './make-room.ts';
import { add, isIn } from './ranges.ts';
import { recover, wipeFrame } from './recover.ts';
import { after, append, eachFrame, maxBody, open, save } from './segments.ts';
import type { FlashOptions, FlashState } from './state.ts';

/** `BoardOutbox.keep`. */
function keep(
  this: FlashState,
  priority: number,
  slot: number,
  purpose: number,
  worth: number,
  body: string,
  tells: boolean,
): number {
  const frame = {
    kind: priority,
    thinned: 0,
    tells: tells,
    slot: slot,
    purpose: purpose,
    worth: worth,
    id: this.nextId,
  };
  // Also if it is not taken: then it tells them from RAM.
  if (tells) this.lost = 0;
  if (body.length > maxBody(this)) return 0;
  let isFull = false;
  if (!append(this, frame, body)) {
    // Full, or a write that failed: another segment may still take it.
    isFull = open(this);
    if (!isFull || !append(this, frame, body)) return 0;
  }
  this.nextId = frame.id + 1;
  // Only now: what is lost by it comes behind this message, which does not tell it.
  if (isFull) makeRoom(this);
  return frame.id;
}

/** `BoardOutbox.next`. */
function next(this: FlashState): Kept | null {
  let kept: Kept | null = null;
  for (let turns = 0; turns < this.port.segments && !kept; turns++) {
    const segment = this.reading;
    eachFrame(this, segment, this.readingAt, (frame) => {
      this.readingAt = frame.end;
      const isMessage = frame.kind && frame.kind <= FrameKind.bulk;
      if (!isMessage || isIn(this.settled, frame.id) || this.isHeld(frame.id)) return false;
      kept = [frame.id, frame.worth, frame.purpose + ':' + frame.slot, bodyOf(this.port, segment, frame)];
      return true;
    });
    if (kept || segment === this.current) break;
    this.reading = after(this, segment);
    this.readingAt = 0;
  }
  return kept;
}

/** `BoardOutbox.settle`. */
function settle(this: FlashState, id: number): void {
  add(this.settled, id, id);
  if (!save(this) && open(this)) makeRoom(this);
}

/** `BoardOutbox.wipe`. */
function wipe(this: FlashState, isGone: (slot: number, purpose: number) => boolean): number {
  let worth = 0;
  for (let segment = 0; segment < this.port.segments; segment++) {
    eachFrame(this, segment, 0, (frame) => {
      const isMessage = frame.kind && frame.kind <= FrameKind.bulk;
      // Torn ones too: some of what was withdrawn may stand in them.
      if ((!isMessage && frame.kind !== FrameKind.torn) || !isGone(frame.slot, frame.purpose)) return false;
      if (isMessage && !isIn(this.settled, frame.id)) worth += frame.worth;
      add(this.settled, frame.id, frame.id);
      wipeFrame(this, segment, frame);
      return false;
    });
  }
  return worth;
}

function owed(this: FlashState): number {
  return this.lost;
}

function fill(this: FlashState): number {
  let used = this.at;
  for (let segment = 0; segment < this.port.segments; segment++) {
    if (segment !== this.current && generationOf(this.port, segment)) used += this.port.segmentBytes;
  }
  return used / this.port.segments / this.port.segmentBytes;
}

/** Opens the flash of a board and reads what an earlier life left in it. */
export function createFlashOutbox(options: FlashOptions): BoardOutbox {
  const state: FlashState = {
    port: options.port,
    thin: options.thin,
    current: 0,
    generation: 0,
    at: 0,
    nextId: 1,
    settled: [],
    lost: 0,
    reading: 0,
    readingAt: 0,
    isHeld: () => false,
    keep: keep,
    next: next,
    settle: settle,
    wipe: wipe,
    owed: owed,
    fill: fill,
  };
  recover(state);
  return state;
}
