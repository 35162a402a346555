import type { Model } from '@usewire/protocol/model';
import type { Action, Values } from './recording.ts';

/** One call of a recorder, at Unix ms of the recording. */
export interface Step {
  atMs: number;
  run(points: LoosePoints, open: OpenSessions): void;
}

/** Recorders by point name. Recordings carry names and values as data, so the compiler cannot check them here. */
export type LoosePoints = Record<string, unknown>;
export type OpenSessions = Map<Action, { end(attributes: Values): void }>;

type EventRecorder = (attributes: Values) => void;
type SetRecorder = { set(value: number | string, attributes: Values): void };
type SeriesRecorder = { add(value: number): void };
type SessionRecorder = { start(attributes: Values): { end(attributes: Values): void } };

const rank = { start: 0, record: 1, end: 2 };

/** The recorder calls that make a recording, in time; a session begins before and ends after the records of the same ms. */
export function stepsOf(actions: readonly Action[], model: Model): Step[] {
  return actions
    .flatMap((action) => (action.form === 'session' ? sessionSteps(action) : [recordStep(action, model)]))
    .sort((a, b) => a.atMs - b.atMs || a.rank - b.rank);
}

type RankedStep = Step & { rank: number };

function recordStep(action: Exclude<Action, { form: 'session' }>, model: Model): RankedStep {
  const { atMs, point, value } = { value: undefined, ...action };
  if (action.form === 'sample') {
    return { atMs, rank: rank.record, run: (points) => (points[point] as SeriesRecorder).add(action.value) };
  }
  const attributes = action.attributes ?? {};
  return model.points[point]?.kind === 'event'
    ? { atMs, rank: rank.record, run: (points) => (points[point] as EventRecorder)(attributes) }
    : {
        atMs,
        rank: rank.record,
        run: (points) => (points[point] as SetRecorder).set(value ?? '', attributes),
      };
}

function sessionSteps(action: Extract<Action, { form: 'session' }>): RankedStep[] {
  const { atMs, endMs, point, attributes = {} } = action;
  return [
    {
      atMs,
      rank: rank.start,
      run: (points, open) => {
        open.set(action, (points[point] as SessionRecorder).start({}));
      },
    },
    {
      atMs: endMs,
      rank: rank.end,
      run: (_points, open) => {
        open.get(action)?.end(attributes);
        open.delete(action);
      },
    },
  ];
}
