import type { z } from 'zod';
import { type AttributeType, attributeOf } from '../model/attributes.ts';
import type { ModelFault } from '../model/fault.ts';
import { findModelFaults } from '../model/find-faults.ts';
import type { Model } from '../model/index.ts';
import { nearest } from '../model/nearest.ts';
import { type Kind, pointOf } from '../model/points.ts';
import {
  type AttributeShape,
  type ModelShape,
  modelFileKeys,
  modelShape,
  type SettingShape,
} from './model-shape.ts';

/** A model, or everything that is wrong with the file: where (`points.heart_rate.range`), a stable code, a sentence. */
export type ModelFileResult = { ok: true; model: Model } | { ok: false; faults: ModelFault[] };

/** `['points', 'p', 'range', 0]` -> `points.p.range[0]` */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'model';
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], json);
}

/** A missing key is often a misspelt one: `nme` beside a missing `name`. */
function missing(json: unknown, issue: z.core.$ZodIssue): ModelFault {
  const key = String(issue.path.at(-1));
  const owner = valueAt(json, issue.path.slice(0, -1));
  const present = typeof owner === 'object' && owner !== null ? Object.keys(owner) : [];
  const strays = present.filter((name) => !modelFileKeys.includes(name));
  const meant = nearest(key, strays);
  const tip = meant === undefined ? `add '${key}'` : `'${meant}' stands there; did you mean '${key}'?`;
  return { code: 'MODEL_KEY_MISSING', path: pathText(issue.path), message: `is missing; ${tip}` };
}

function faultOf(json: unknown, issue: z.core.$ZodIssue): ModelFault {
  const value = valueAt(json, issue.path);
  if (value === undefined && issue.path.length > 0) return missing(json, issue);
  const received = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  const expected = issue.code === 'invalid_type' ? issue.expected : 'something else';
  const message =
    issue.code === 'invalid_type'
      ? `expected ${expected}, received ${received}`
      : issue.message.toLowerCase();
  return { code: 'MODEL_TYPE', path: pathText(issue.path), message };
}

function mapValues<T, R>(map: Record<string, T>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

const filled = (attribute: AttributeShape): object => attributeOf(attribute.type as AttributeType, attribute);

/** JSON has no bytes: the default of such a setting is hex. */
function filledSetting(setting: SettingShape): object {
  const hex = setting.type.type === 'bytes' && typeof setting.default === 'string';
  const value = hex ? new Uint8Array(Buffer.from(setting.default as string, 'hex')) : setting.default;
  return { ...setting, type: filled(setting.type), default: value };
}

function withDefaults(file: ModelShape): Record<string, unknown> {
  const points = mapValues(file.points, (point) =>
    pointOf<object>(point.kind as Kind, { ...point, attributes: mapValues(point.attributes ?? {}, filled) }),
  );
  const commands = mapValues(file.commands ?? {}, (command) => ({
    ...command,
    arguments: mapValues(command.arguments ?? {}, filled),
  }));
  return {
    ...file,
    subjects: file.subjects ?? [],
    intents: file.intents ?? [],
    actors: file.actors ?? [],
    points,
    config: mapValues(file.config ?? {}, filledSetting),
    commands,
    rules: file.rules ?? [],
  };
}

/** Checks a model file (parsed JSON) and makes the model of it. Takes anything; never throws. */
export function parseModelFile(json: unknown): ModelFileResult {
  const shaped = modelShape.safeParse(json);
  if (!shaped.success) return { ok: false, faults: shaped.error.issues.map((issue) => faultOf(json, issue)) };
  const model = withDefaults(shaped.data);
  const faults = findModelFaults(model);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, model: model as unknown as Model };
}
