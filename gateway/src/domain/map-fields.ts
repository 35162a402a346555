import { type Attribute, bool, type Model, num, text } from '@usewire/protocol/model';
import type { SinkRecord } from './ports.ts';
import type { Constant, FieldRule } from './sink-rules.ts';

type Point = Model['points'][string];

/** How a sink sees one point: as its model says it then, and how each record becomes so. */
export interface MappedPoint {
  point: Point;
  map(record: SinkRecord): SinkRecord;
}

/**
 * Renames, drops and constants of one point, in this order, rule after rule. A new name that the point has already is not taken: models
 * that devices bring are not known when the rules are written, and nothing of a record is lost to that.
 */
export function mapFields(point: Point, rules: readonly FieldRule[]): MappedPoint {
  return rules.reduce(applied, { point, map: (record) => record });
}

function applied({ point, map }: MappedPoint, { rename = {}, drop = [], set = {} }: FieldRule): MappedPoint {
  const names = new Map(
    Object.entries(rename).filter(([from, to]) => isFree(point, to) && Object.hasOwn(point.attributes, from)),
  );
  const gone = new Set(drop);
  const attributes = renamed(point.attributes, names, gone);
  for (const [name, value] of Object.entries(set)) attributes[name] = constantType(value);
  const context = point.context.filter((name) => !gone.has(name));
  return {
    point: { ...point, attributes, context },
    map: (record) => changed(map(record), { names, gone, set }),
  };
}

/** Context fields stand among the attributes of a record. */
function isFree(point: Point, name: string): boolean {
  return !Object.hasOwn(point.attributes, name) && !point.context.some((field) => field === name);
}

interface Change {
  names: ReadonlyMap<string, string>;
  gone: ReadonlySet<string>;
  set: Readonly<Record<string, Constant>>;
}

function changed(record: SinkRecord, { names, gone, set }: Change): SinkRecord {
  return {
    ...record,
    subject: gone.has('subject') ? null : record.subject,
    value: gone.has('value') ? null : record.value,
    attributes: { ...renamed(record.attributes, names, gone), ...set },
  };
}

function renamed<V>(
  of: Readonly<Record<string, V>>,
  names: ReadonlyMap<string, string>,
  gone: ReadonlySet<string>,
): Record<string, V> {
  return Object.fromEntries(
    Object.entries(of).flatMap(([name, value]) => {
      const now = names.get(name) ?? name;
      return gone.has(now) ? [] : [[now, value]];
    }),
  );
}

function constantType(value: Constant): Attribute {
  if (typeof value === 'string') return text({ optional: true });
  return typeof value === 'boolean' ? bool({ optional: true }) : num({ optional: true });
}
