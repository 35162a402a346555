import type { Action } from '../recording.ts';

interface Reading {
  atMs: number;
  watts: number;
}

interface Run {
  first: number;
  last: number;
  peak: number;
}

/** As the recordings' README counts runs: over 5 W, joined over idle times up to 10 min, a row held at most 10 s. */
const runningAboveWatts = 5;
const joinedOverMs = 10 * 60_000;
const heldAtMostMs = 10_000;

/** What a plug's own firmware would say: one session a run, with its energy, and whether an end of it was not seen. */
export function runsOf(readings: readonly Reading[]): Action[] {
  const runs: Run[] = [];
  readings.forEach((reading, at) => {
    if (reading.watts <= runningAboveWatts) {
      return;
    }
    const open = runs.at(-1);
    if (open && reading.atMs - readings[open.last]!.atMs <= joinedOverMs) {
      open.last = at;
      open.peak = Math.max(open.peak, reading.watts);
    } else {
      runs.push({ first: at, last: at, peak: reading.watts });
    }
  });
  return runs.map((run) => sessionOf(run, readings));
}

function sessionOf(run: Run, readings: readonly Reading[]): Action {
  const cutAtStart = run.first === 0;
  const cutAtEnd = run.last === readings.length - 1;
  return {
    form: 'session',
    point: 'run',
    atMs: readings[run.first]!.atMs,
    endMs: readings[run.last]!.atMs,
    attributes: {
      energy: wattHours(readings, run),
      peak: run.peak,
      seen: cutAtStart ? (cutAtEnd ? 'middle' : 'end') : cutAtEnd ? 'start' : 'whole',
    },
  };
}

function wattHours(readings: readonly Reading[], run: Run): number {
  let sum = 0;
  for (let at = run.first; at <= run.last; at++) {
    const here = readings[at]!;
    const next = readings[at + 1];
    const heldMs = next ? Math.min(next.atMs - here.atMs, heldAtMostMs) : heldAtMostMs;
    sum += (here.watts * heldMs) / 3_600_000;
  }
  return sum;
}
