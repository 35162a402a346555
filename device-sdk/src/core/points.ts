import type { ModelTable } from '@usewire/protocol/model';
import { toSteps } from './fields.ts';
import { histogramItem, newHistogram, observe } from './histogram.ts';
import type { Given, Recorder, Target } from './recorder.ts';
import { writeList } from './row.ts';

/** Kinds that gather values and become a record at a flush: counters and distributions. */
export interface Accumulator {
  /** Records what has changed. `isLast`: also when the point's resolution says it is too early. */
  flush(nowMs: number, isLast: boolean): void;
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
      else if (!recorder.isRefused(target)) recorder.refuse();
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

function makeSession(recorder: Recorder, target: Target, nowMs: () => number): unknown {
  return {
    start: function (attributes: Given, context: Given): unknown {
      const startMs = nowMs();
      const wasRefused = recorder.isRefused(target);
      let isOpen = true;
      return {
        end: function (more: Given): void {
          // A session that began without consent stays unrecorded, whatever was granted meanwhile.
          if (!isOpen || wasRefused) return;
          isOpen = false;
          const steps = Math.round((nowMs() - startMs) / Math.max(1, target.resolutionMs));
          recorder.record(
            target,
            startMs,
            (steps * target.fields[0].by) / target.fields[0].times,
            merged(attributes, more),
            context,
          );
        },
      };
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
    flush: function (atMs: number, isLast: boolean): void {
      if (!isChanged || recorder.isRefused(target)) return;
      if (!isLast && atMs - lastMs < target.resolutionMs) return;
      isChanged = false;
      lastMs = atMs;
      recorder.record(target, atMs, total, undefined, undefined);
    },
  });
  return {
    add: function (n: unknown): void {
      if (recorder.isRefused(target)) return;
      const more = n === undefined ? 1 : n;
      if (typeof more !== 'number' || !(more >= 0) || more === Infinity) {
        recorder.refuse();
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
    flush: function (atMs: number): void {
      if (histogram.count === 0) return;
      const item = histogramItem(histogram);
      histogram = newHistogram();
      if (recorder.isRefused(target)) return;
      recorder.recordRaw(target, atMs, function (batch) {
        writeList(batch.rows, item);
      });
    },
  });
  return {
    observe: function (value: unknown): void {
      if (recorder.isRefused(target)) return;
      const steps = toSteps(target.fields[0], value);
      if (steps === null) recorder.refuse();
      else observe(histogram, steps);
    },
  };
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
