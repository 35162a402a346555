import type { ModelTable, PointTable } from '@usewire/protocol/model';
import type { Action, ActionAttributes, ActionValue } from '../behaviour/action.ts';
import type { TruthAttributes } from '../verdict/truth.ts';
import type { TruthLog } from './truth-log.ts';

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
  boot(): string;
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

type PlaceOf = (point: PointTable, subject: string | undefined, uptimeMs: number, atMs: number) => Place;
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

export function createPerformer(context: PerformContext): Performer {
  const { table, truth } = context;
  const points = new Map(table.points.map((point) => [point.name, point]));
  const sessions = new Map<string, OpenSession>();
  const totals = new Map<string, number>();
  const recorders = new Map<string, LooseRecorder>();

  const recorderOf = (key: string, name: string, subject: string | undefined): LooseRecorder => {
    let recorder = recorders.get(key);
    if (recorder === undefined) {
      const point = context.recorders[name];
      recorder = (subject === undefined ? point : (point as LooseRecorders)[subject]) as LooseRecorder;
      recorders.set(key, recorder);
    }
    return recorder;
  };

  const placeOf: PlaceOf = (point, subject, uptimeMs, atMs) => {
    // The SDK keeps times in steps of the point's resolution, rounded down.
    const offMs = point.resolutionMs > 1 ? uptimeMs % point.resolutionMs : 0;
    return {
      tenant: context.tenant,
      device: context.device,
      product: table.product,
      point: point.name,
      subject: subject ?? null,
      boot: context.boot(),
      uptimeMs: uptimeMs - offMs,
      atMs: atMs - offMs,
    };
  };

  const endSession = (action: Extract<Action, { do: 'end' }>, key: string, point: PointTable): void => {
    const open = sessions.get(key);
    // Begun before a reboot: the application that knew of it is gone.
    if (open === undefined) return;
    sessions.delete(key);
    open.end(action.attributes);
    const steps = Math.round((context.uptimeMs() - open.uptimeMs) / Math.max(1, point.resolutionMs));
    const attributes = { ...open.attributes, ...action.attributes } as TruthAttributes;
    truth.add({
      kind: 'record',
      ...placeOf(point, action.subject, open.uptimeMs, open.atMs),
      value: steps,
      attributes,
    });
  };

  return {
    perform(action, atMs, index) {
      const { point: name, subject } = action;
      const key = subject === undefined ? name : `${name} ${subject}`;
      const point = points.get(name)!;
      const recorder = recorderOf(key, name, subject);
      const place = placeOf(point, subject, context.uptimeMs(), atMs);
      switch (action.do) {
        case 'samples': {
          const value = action.values[index]!;
          recorder.add(value);
          truth.sample({ ...place, periodMs: action.periodMs }, value);
          return;
        }
        case 'event':
          recorder(action.attributes);
          truth.add({ kind: 'record', ...place, value: null, attributes: action.attributes });
          return;
        case 'gauge':
        case 'state':
          recorder.set(action.value, action.attributes);
          truth.add({ kind: 'record', ...place, value: action.value, attributes: action.attributes });
          return;
        case 'count': {
          recorder.add(action.by);
          const scale = point.fields[0]!.scale;
          const total = (totals.get(key) ?? 0) + action.by;
          totals.set(key, total);
          truth.add({ kind: 'counted', ...place, total: quantised(total, scale) });
          return;
        }
        case 'observe':
          for (const value of action.values) recorder.observe(value);
          truth.add({ kind: 'observed', ...place, values: action.values });
          return;
        case 'start': {
          const open = recorder.start(action.attributes);
          const end = (attributes?: ActionAttributes): void => open.end(attributes);
          sessions.set(key, { uptimeMs: context.uptimeMs(), atMs, attributes: action.attributes, end });
          return;
        }
        case 'end':
          endSession(action, key, point);
      }
    },
  };
}

/** As it comes back from the wire: whole steps, divided exactly. */
function quantised(value: number, scale: number): number {
  return scale < 1 ? Math.round(value / scale) / Math.round(1 / scale) : Math.round(value / scale) * scale;
}
