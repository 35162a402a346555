// Loaded into the gateway before its own code (`node --import`): its wall clock is off by as many ms as a file says, from one moment to
// the next. Timers and the monotonic clock go on, as they do when a system's clock is set.
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;
const file = process.env.USEWIRE_CHAOS_CLOCK;
const RealDate = globalThis.Date;
let offsetMs = 0;

function look() {
  // Half-written files are read as what was there before.
  const told = Number(readFileSync(file, 'utf8') || Number.NaN);
  if (Number.isFinite(told)) offsetMs = told;
}

class ShiftedDate extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offsetMs);
    else super(...given);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
}

look();
setInterval(look, LOOK_EVERY_MS).unref();
globalThis.Date = ShiftedDate;
