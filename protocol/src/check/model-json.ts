import { type Attribute, attributeOf } from '../model/attributes.ts';
import type { Command, Model, Setting } from '../model/index.ts';
import { type Point, pointOf } from '../model/points.ts';

type Json = Record<string, unknown>;

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Members that say more than the defaults do. */
function beyond(value: object, defaults: object): Json {
  const usual = defaults as Json;
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, member]) => member !== undefined && member !== usual[key] && !isEmpty(member),
    ),
  );
}

function named<T>(map: { readonly [name: string]: T }, change: (value: T) => Json): Json {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

function attributeJson(attribute: Attribute): Json {
  return { type: attribute.type, ...beyond(attribute, attributeOf(attribute.type, {})) };
}

function pointJson(point: Point): Json {
  const json = { kind: point.kind, ...beyond(point, pointOf(point.kind, {})) };
  return isEmpty(point.attributes) ? json : { ...json, attributes: named(point.attributes, attributeJson) };
}

function settingJson(setting: Setting): Json {
  const value = setting.default;
  const plain = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  return { ...setting, type: attributeJson(setting.type), default: plain };
}

function commandJson(command: Command): Json {
  const json = beyond(command, {});
  return isEmpty(command.arguments) ? json : { ...json, arguments: named(command.arguments, attributeJson) };
}

/** The model as a file for `parseModelFile`: plain JSON, without what the defaults say anyway. */
export function toModelJson(model: Model): Json {
  const parts = {
    ...model,
    points: named(model.points, pointJson),
    config: named(model.config, settingJson),
    commands: named(model.commands, commandJson),
  };
  return JSON.parse(JSON.stringify(beyond(parts, {}))) as Json;
}
