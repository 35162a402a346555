import type { ModelTable } from '@usewire/protocol/model';
import { toSteps } from './fields.ts';
import { histogramItem, newHistogram, observe } from './histogram.ts';
import type { Given, Recorder, Target } from './recorder.ts';
import { writeList } from './row.ts';

/** Holds values that are no record yet: a counter, a distribution, open sessions. */
export interface Accumulator {
  target: Target;
  /** Records what has changed; null for sessions, which end by themselves. `isLast`: also when the point's resolution says it is too early. */
  flush: ((nowMs: number, isLast: boolean) => void) | null;
  /** A person took it back: nothing of it is left. */
  forget(): void;
}

export interface Points {
  /** By point name, then by subject name where the point is kept per subject. */
  recorders: { [name: string]: unknown };
  accumulators: Accumulator[];
}

type Make = (recorder: Recorder, target: Target, nowMs: () => number, accumulators: Accumulator[]) => unknown;

function makeEvent(recorder: Recorder, target: Target, nowMs: () => number): unknown {
  return function (attributes: Given, context: Given): void {
    recorder.record(target, nowMs(), undefined, attributes, context);
  };
}

function makeValue(recorder: Recorder, target: Target, nowMs: () => number): unknown {
  return {
    set: function (value: unknown, attributes: Given, context: Given): void {
      recorder.record(target, nowMs(), value, attributes, context);
    },
  };
}

function makeSeries(recorder: Recorder, target: Target, nowMs: () => number): unknown {
  return {
    add: function (value: unknown): void {
      recorder.record(target, nowMs(), value, undefined, undefined);
    },
    addAt: function (value: unknown, atMs: number): void {
      if (typeof atMs === 'number' && atMs >= 0 && atMs <= nowMs())
        recorder.record(target, Math.floor(atMs), value, undefined, undefined);
      else recorder.refuse(target);
    },
  };
}

/** The second wins. What throws when it is read gives null, which no point takes. */
function merged(first: Given, second: Given): Given {
  const made: { [name: string]: unknown } = {};
  try {
    for (const name in first) made[name] = first[name];
    for (const name in second) made[name] = second[name];
  } catch (_error) {
    return null as unknown as Given;
  }
  return made;
}

interface OpenSession {
  startMs: number;
  attributes: Given;
  context: Given;
  isOpen: boolean;
}

/** Of one point and subject. More of them open at once are starts without ends. */
const maxOpenSessions = 64;

function close(session: OpenSession): void {
  session.isOpen = false;
  session.attributes = undefined;
  session.context = undefined;
}

function makeSession(
  recorder: Recorder,
  target: Target,
  nowMs: () => number,
  accumulators: Accumulator[],
): unknown {
  let sessions: OpenSession[] = [];
  accumulators.push({
    target: target,
    flush: null,
    forget: function (): void {
      sessions.forEach(close);
      sessions = [];
    },
  });
  const end = function (session: OpenSession, more: Given): void {
    if (!session.isOpen) return;
    const all = merged(session.attributes, more);
    const around = session.context;
    const steps = Math.round((nowMs() - session.startMs) / Math.max(1, target.resolutionMs));
    const value = (steps * target.fields[0].by) / target.fields[0].times;
    close(session);
    sessions.splice(sessions.indexOf(session), 1);
    recorder.record(target, session.startMs, value, all, around);
  };
  /** Its closure holds the session alone: what is forgotten is held by nobody here. */
  const handleOf = function (session: OpenSession): unknown {
    return {
      end: function (more: Given): void {
        end(session, more);
      },
    };
  };
  return {
    start: function (attributes: Given, context: Given): unknown {
      const session = { startMs: nowMs(), attributes: attributes, context: context, isOpen: true };
      // A session that began without consent stays unrecorded, whatever is granted meanwhile.
      if (recorder.isRefused(target)) close(session);
      else sessions.push(session);
      if (sessions.length > maxOpenSessions) {
        close(sessions[0]);
        sessions.shift();
        recorder.refuse(target);
      }
      return handleOf(session);
    },
  };
}

function makeCounter(
  recorder: Recorder,
  target: Target,
  _nowMs: () => number,
  accumulators: Accumulator[],
): unknown {
  let total = 0;
  let isChanged = false;
  let lastMs = -Infinity;
  accumulators.push({
    target: target,
    flush: function (atMs: number, isLast: boolean): void {
      if (!isChanged) return;
      if (!isLast && atMs - lastMs < target.resolutionMs) return;
      isChanged = false;
      lastMs = atMs;
      recorder.record(target, atMs, total, undefined, undefined);
    },
    forget: function (): void {
      total = 0;
      isChanged = false;
    },
  });
  return {
    add: function (n: unknown): void {
      if (recorder.isRefused(target)) return;
      const more = n === undefined ? 1 : n;
      if (typeof more !== 'number' || !(more >= 0) || more === Infinity) {
        recorder.refuse(target);
        return;
      }
      total += more;
      isChanged = isChanged || more > 0;
    },
  };
}

function makeDistribution(
  recorder: Recorder,
  target: Target,
  _nowMs: () => number,
  accumulators: Accumulator[],
): unknown {
  let histogram = newHistogram();
  accumulators.push({
    target: target,
    flush: function (atMs: number): void {
      if (histogram.count === 0) return;
      const item = histogramItem(histogram);
      histogram = newHistogram();
      recorder.recordRaw(target, atMs, function (batch) {
        writeList(batch.rows, item);
      });
    },
    forget: function (): void {
      histogram = newHistogram();
    },
  });
  return {
    observe: function (value: unknown): void {
      if (recorder.isRefused(target)) return;
      const steps = toSteps(target.fields[0], value);
      if (steps === null) recorder.refuse(target);
      else observe(histogram, steps);
    },
  };
}

/** Flushes all of them that are allowed or free of consent; what nobody decided on goes on gathering. */
export function flushAll(
  accumulators: Accumulator[],
  recorder: Recorder,
  nowMs: number,
  isLast: boolean,
): void {
  for (let i = 0; i < accumulators.length; i++) {
    const flush = accumulators[i].flush;
    const target = accumulators[i].target;
    if (flush !== null && !recorder.isRefused(target) && !recorder.isUndecided(target)) flush(nowMs, isLast);
  }
}

const makers: { [kind: string]: Make } = {
  event: makeEvent,
  gauge: makeValue,
  state: makeValue,
  series: makeSeries,
  session: makeSession,
  counter: makeCounter,
  distribution: makeDistribution,
};

/** The recorders of every point of a model, as its `Recorders` type says. */
export function createPoints(table: ModelTable, recorder: Recorder, nowMs: () => number): Points {
  const points: Points = { recorders: {}, accumulators: [] };
  for (let i = 0; i < table.points.length; i++) {
    const point = table.points[i];
    const make = makers[point.kind];
    if (make === undefined) continue;
    if (!point.perSubject) {
      points.recorders[point.name] = make(recorder, recorder.target(i, 0), nowMs, points.accumulators);
      continue;
    }
    const bySubject: { [name: string]: unknown } = {};
    for (let slot = 0; slot < table.subjects.length; slot++) {
      bySubject[table.subjects[slot]] = make(
        recorder,
        recorder.target(i, slot + 1),
        nowMs,
        points.accumulators,
      );
    }
    points.recorders[point.name] = bySubject;
  }
  return points;
}
