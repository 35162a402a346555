import type { ModelTable, PointTable } from '@usewire/protocol/model';
import type { Action, ActionAttributes, ActionValue } from '../behaviour/action.ts';
import type { TruthAttributes } from '../verdict/truth.ts';
import type { SampleRun, TruthLog } from './truth-log.ts';

/** Recorders of a device without their types: an action's types were held to its model where it was written. */
export type LooseRecorders = { readonly [point: string]: unknown };

interface LooseRecorder {
  (attributes?: ActionAttributes): void;
  add(value: number): void;
  set(value: ActionValue, attributes?: ActionAttributes): void;
  start(attributes?: ActionAttributes): { end(attributes?: ActionAttributes): void };
  observe(value: number): void;
}

export interface PerformContext {
  table: ModelTable;
  tenant: string;
  device: string;
  recorders: LooseRecorders;
  boot: string;
  uptimeMs(): number;
  truth: TruthLog;
}

interface OpenSession {
  uptimeMs: number;
  atMs: number;
  attributes: ActionAttributes | undefined;
  end(attributes?: ActionAttributes): void;
}

/** Does what a behaviour decided: calls the SDK's recorder and writes down what truly happened. */
export interface Performer {
  /** `index`: which sample of a run. */
  perform(action: Action, atMs: number, index: number): void;
}

interface Place {
  tenant: string;
  device: string;
  product: string;
  point: string;
  subject: string | null;
  boot: string;
  uptimeMs: number;
  atMs: number;
}

/** A recorder and what is known of its point. */
interface Target {
  key: string;
  point: PointTable;
  recorder: LooseRecorder;
  subject: string | undefined;
  /** Of a series: the run of samples that is open. */
  run: SampleRun | undefined;
}

export function createPerformer(context: PerformContext): Performer {
  const { table, truth } = context;
  const targets = new Map<string, Target>();
  const sessions = new Map<string, OpenSession>();
  const totals = new Map<string, number>();

  const targetOf = (name: string, subject: string | undefined): Target => {
    const key = subject === undefined ? name : `${name} ${subject}`;
    let target = targets.get(key);
    if (target === undefined) {
      const found = context.recorders[name];
      const recorder = (subject === undefined ? found : (found as LooseRecorders)[subject]) as LooseRecorder;
      const point = table.points.find((one) => one.name === name)!;
      target = { key, point, recorder, subject, run: undefined };
      targets.set(key, target);
    }
    return target;
  };

  const placeOf = ({ point, subject }: Target, uptimeMs: number, atMs: number): Place => {
    // The SDK keeps times in steps of the point's resolution, rounded down.
    const offMs = point.resolutionMs > 1 ? uptimeMs % point.resolutionMs : 0;
    return {
      tenant: context.tenant,
      device: context.device,
      product: table.product,
      point: point.name,
      subject: subject ?? null,
      boot: context.boot,
      uptimeMs: uptimeMs - offMs,
      atMs: atMs - offMs,
    };
  };

  const count = (target: Target, by: number, place: Place): void => {
    target.recorder.add(by);
    const total = (totals.get(target.key) ?? 0) + by;
    totals.set(target.key, total);
    truth.add({ kind: 'counted', ...place, total: quantised(total, target.point.fields[0]!.scale) });
  };

  const start = (target: Target, attributes: ActionAttributes | undefined, atMs: number): void => {
    const open = target.recorder.start(attributes);
    const end = (more?: ActionAttributes): void => open.end(more);
    sessions.set(target.key, { uptimeMs: context.uptimeMs(), atMs, attributes, end });
  };

  const end = (target: Target, attributes: ActionAttributes | undefined): void => {
    const open = sessions.get(target.key);
    // Begun before a reboot: the application that knew of it is gone.
    if (open === undefined) return;
    sessions.delete(target.key);
    open.end(attributes);
    const stepMs = Math.max(1, target.point.resolutionMs);
    const seconds = (Math.round((context.uptimeMs() - open.uptimeMs) / stepMs) * stepMs) / 1000;
    const all = { ...open.attributes, ...attributes } as TruthAttributes;
    const place = placeOf(target, open.uptimeMs, open.atMs);
    truth.add({ kind: 'record', ...place, value: seconds, attributes: all });
  };

  const record = (action: Recording, target: Target, place: Place): void => {
    const { attributes } = action;
    if (action.do === 'event') target.recorder(attributes);
    else target.recorder.set(action.value, attributes);
    truth.add({ kind: 'record', ...place, value: action.do === 'event' ? null : action.value, attributes });
  };

  const observe = (target: Target, values: number[], place: Place): void => {
    for (const value of values) target.recorder.observe(value);
    truth.add({ kind: 'observed', ...place, values });
  };

  /** By far the most that is done: what goes on makes nothing new. */
  const sample = (action: Sampling, target: Target, at: { atMs: number; index: number }): void => {
    const value = action.values[at.index]!;
    target.recorder.add(value);
    const uptimeMs = context.uptimeMs();
    const { resolutionMs } = target.point;
    const placedMs = resolutionMs > 1 ? uptimeMs - (uptimeMs % resolutionMs) : uptimeMs;
    if (target.run !== undefined && truth.grow(target.run, placedMs, value)) return;
    const place = placeOf(target, uptimeMs, at.atMs);
    target.run = truth.sample({ ...place, periodMs: action.periodMs }, value);
  };

  return {
    perform(action, atMs, index) {
      const target = targetOf(action.point, action.subject);
      if (action.do === 'samples') return sample(action, target, { atMs, index });
      if (action.do === 'start') return start(target, action.attributes, atMs);
      if (action.do === 'end') return end(target, action.attributes);
      const place = placeOf(target, context.uptimeMs(), atMs);
      if (action.do === 'count') return count(target, action.by, place);
      if (action.do === 'observe') return observe(target, action.values, place);
      return record(action, target, place);
    },
  };
}

type Sampling = Extract<Action, { do: 'samples' }>;
type Recording = Extract<Action, { do: 'event' | 'gauge' | 'state' }>;

/** As it comes back from the wire: whole steps, divided exactly. */
function quantised(value: number, scale: number): number {
  return scale < 1 ? Math.round(value / scale) / Math.round(1 / scale) : Math.round(value / scale) * scale;
}
