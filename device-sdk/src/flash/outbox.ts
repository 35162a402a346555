import { bodyOf, type Frame, FrameKind, generationOf } from './frame.ts';
import { makeRoom } from './make-room.ts';
import type { Kept, Label } from './ports.ts';
import { add, isIn } from './ranges.ts';
import { recover, wipeFrame } from './recover.ts';
import { after, append, eachFrame, maxBody, open, save } from './segments.ts';
import type { FlashOptions, FlashOutbox, FlashState } from './state.ts';

/** `FlashOutbox.keep`. */
function keep(this: FlashState, label: Label, body: string, tells: boolean): number {
  const id = this.nextId;
  if (body.length > maxBody(this)) return 0;
  const frame = {
    kind: label.priority,
    thinned: 0,
    tells: tells,
    slot: label.slot,
    purpose: label.purpose,
    worth: label.worth,
    id: id,
  };
  let isFull = false;
  if (!append(this, frame, body)) {
    // Full, or a write that failed: another segment may still take it.
    isFull = open(this);
    frame.id = this.nextId;
    if (!isFull || !append(this, frame, body)) return 0;
  }
  this.nextId = frame.id + 1;
  if (tells) this.lost = 0;
  // Only now: what is lost by it comes behind this message, which does not tell it.
  if (isFull) makeRoom(this);
  return frame.id;
}

/** `FlashOutbox.next`. */
function next(this: FlashState, isHeld: (id: number) => boolean): Kept | null {
  let kept: Kept | null = null;
  for (let turns = 0; turns < this.port.segments && !kept; turns++) {
    const segment = this.reading;
    eachFrame(this, segment, this.readingAt, (frame) => {
      this.readingAt = frame.end;
      const isMessage = frame.kind && frame.kind <= FrameKind.bulk;
      if (!isMessage || isIn(this.settled, frame.id) || isHeld(frame.id)) return false;
      kept = {
        priority: frame.kind,
        slot: frame.slot,
        purpose: frame.purpose,
        worth: frame.worth,
        id: frame.id,
        body: bodyOf(this.port, segment, frame),
      };
      return true;
    });
    if (kept || segment === this.current) break;
    this.reading = after(this, segment);
    this.readingAt = 0;
  }
  return kept;
}

/** `FlashOutbox.settle`. */
function settle(this: FlashState, id: number): void {
  add(this.settled, id, id);
  if (!save(this) && open(this)) makeRoom(this);
}

/** `FlashOutbox.wipe`. */
function wipe(this: FlashState, slot: number, purpose: number): void {
  // Torn ones too: some of what was withdrawn may stand in them.
  const hit = (frame: Frame) => frame.slot === slot && frame.purpose === purpose && frame.kind > 0;
  for (let segment = 0; segment < this.port.segments; segment++) {
    eachFrame(this, segment, 0, (frame) => {
      if (!hit(frame)) return false;
      add(this.settled, frame.id, frame.id);
      wipeFrame(this, segment, frame);
      return false;
    });
  }
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
export function createFlashOutbox(options: FlashOptions): FlashOutbox {
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
