import type { ModelTable } from '@usewire/protocol/model';
import { type Given, toSteps } from './fields.ts';
import { histogramItem, newHistogram, observe } from './histogram.ts';
import type { Recorder, Target } from './recorder.ts';

/** Kinds that gather values make their record here. `isLast`: also when the point's resolution says it is too early. */
export type Accumulator = (nowMs: number, isLast: boolean) => void;

export interface Points {
  /** By point name, then by subject name where the point is kept per subject. */
  recorders: { [name: string]: unknown };
  accumulators: Accumulator[];
}

interface Maker {
  recorder: Recorder;
  target: Target;
  nowMs(): number;
  accumulators: Accumulator[];
}

function makeEvent(maker: Maker): unknown {
  return (attributes: Given, context: Given): void =>
    maker.recorder.record(maker.target, maker.nowMs(), undefined, attributes, context);
}

function makeValue(maker: Maker): unknown {
  return {
    set: (value: unknown, attributes: Given, context: Given): void =>
      maker.recorder.record(maker.target, maker.nowMs(), value, attributes, context),
  };
}

function makeSeries(maker: Maker): unknown {
  const addAt = (value: unknown, atMs: unknown): void => {
    const isPast = typeof atMs === 'number' && atMs >= 0 && atMs <= maker.nowMs();
    maker.recorder.record(maker.target, isPast ? Math.floor(atMs) : 0, isPast ? value : undefined);
  };
  return { add: (value: unknown): void => addAt(value, maker.nowMs()), addAt };
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

function makeSession(maker: Maker): unknown {
  return {
    start: (attributes: Given, context: Given): unknown => {
      const startMs = maker.nowMs();
      // A session that began without consent stays unrecorded, whatever was granted meanwhile.
      let isOpen = !maker.recorder.isRefused(maker.target);
      return {
        end: (more: Given): void => {
          if (!isOpen) return;
          isOpen = false;
          const steps = Math.round((maker.nowMs() - startMs) / (maker.target.point.resolutionMs || 1));
          maker.recorder.record(maker.target, startMs, steps, merged(attributes, more), context);
        },
      };
    },
  };
}

function makeCounter(maker: Maker): unknown {
  let total = 0;
  let isChanged = false;
  let lastMs = -Infinity;
  maker.accumulators.push((nowMs, isLast) => {
    if (!isChanged || maker.recorder.isRefused(maker.target)) return;
    if (!isLast && nowMs - lastMs < maker.target.point.resolutionMs) return;
    isChanged = false;
    lastMs = nowMs;
    maker.recorder.record(maker.target, nowMs, total);
  });
  return {
    add: (n: unknown): void => {
      const more = n === undefined ? 1 : n;
      if (maker.recorder.isRefused(maker.target)) return;
      if (typeof more === 'number' && more >= 0 && more < Infinity) {
        total += more;
        isChanged = isChanged || more > 0;
      } else maker.recorder.recordRaw(maker.target, 0, null);
    },
  };
}

function makeDistribution(maker: Maker): unknown {
  let histogram = newHistogram();
  maker.accumulators.push((nowMs) => {
    if (histogram.count === 0) return;
    const item = histogramItem(histogram);
    histogram = newHistogram();
    maker.recorder.recordRaw(maker.target, nowMs, [item]);
  });
  return {
    observe: (value: unknown): void => {
      if (maker.recorder.isRefused(maker.target)) return;
      const steps = toSteps(maker.target.point.fields[0], value);
      if (steps === undefined) maker.recorder.recordRaw(maker.target, 0, null);
      else observe(histogram, steps);
    },
  };
}

const makers: { [kind: string]: (maker: Maker) => unknown } = {
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
  const make = (index: number, slot: number): unknown => {
    const target = { index, slot, point: table.points[index] };
    return makers[target.point.kind]({ recorder, target, nowMs, accumulators: points.accumulators });
  };
  // The first is the gap point.
  for (let i = 1; i < table.points.length; i++) {
    const point = table.points[i];
    const bySubject: { [name: string]: unknown } = {};
    for (let slot = 0; point.perSubject && slot < table.subjects.length; slot++) {
      bySubject[table.subjects[slot]] = make(i, slot + 1);
    }
    points.recorders[point.name] = point.perSubject ? bySubject : make(i, 0);
  }
  return points;
}
