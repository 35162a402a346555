import type { FieldTable, PointTable, RawValue } from '@usewire/protocol/model';

export type Given = { [name: string]: unknown } | undefined;

const maxInt = 9007199254740991;

/** The wire integer of a number in model units; undefined for what is no number or lies outside. */
export function toSteps(field: FieldTable, value: unknown): number | undefined {
  if (typeof value !== 'number') return undefined;
  // Steps are powers of ten: below 1 the inverse is exact and the step is not. + 0: no negative zero on the wire.
  const steps = Math.round(field.scale < 1 ? value * Math.round(1 / field.scale) : value / field.scale) + 0;
  const isBound = field.outside === 'refuse';
  const min = isBound && field.min !== undefined ? field.min : -maxInt;
  const max = isBound && field.max !== undefined ? field.max : maxInt;
  return steps >= min && steps <= max ? steps : undefined;
}

/** Throws where a lone surrogate stands: it has no UTF-8, and the wire would refuse it. */
function utf8Bytes(text: string): number {
  return encodeURIComponent(text).replace(/%../g, '.').length;
}

function locationOf(value: { lat?: unknown; lon?: unknown; accuracyM?: unknown }): number[] | undefined {
  const made: number[] = [];
  const put = (item: unknown, min: number, max: number, steps: number): void => {
    if (typeof item === 'number' && item >= min && item <= max) made.push(Math.round(item * steps) + 0);
  };
  put(value.lat, -90, 90, 1e7);
  put(value.lon, -180, 180, 1e7);
  if (value.accuracyM !== undefined) put(value.accuracyM, 0, maxInt, 1);
  return made.length === (value.accuracyM === undefined ? 2 : 3) ? made : undefined;
}

/** One value as it travels; undefined when it is not what the model says. */
function rawValue(field: FieldTable, value: unknown): RawValue | undefined {
  const type = field.type;
  const maxBytes = field.maxBytes as number;
  if (value === undefined || value === null) return field.optional ? null : undefined;
  if (type === 'int') return toSteps(field, value);
  if (type === 'enum') {
    const index = (field.labels as unknown[]).indexOf(value);
    return index < 0 ? undefined : index;
  }
  if (type === 'bool') return typeof value === 'boolean' ? value : undefined;
  if (type === 'text') return typeof value === 'string' && utf8Bytes(value) <= maxBytes ? value : undefined;
  if (type === 'bytes')
    return value instanceof Uint8Array && value.length <= maxBytes ? new Uint8Array(value) : undefined;
  return locationOf(value as object);
}

/** What an application gives, read once: a getter may say something else the second time. */
export function copyOf(given: Given, more?: Given): { [name: string]: unknown } {
  const made: { [name: string]: unknown } = {};
  if (given === null || typeof (given || made) !== 'object') throw given;
  for (const name in given) {
    const item = given[name];
    if (item !== undefined) made[name] = item;
  }
  for (const name in more) made[name] = more[name];
  return made;
}

/**
 * The raw values of a point in field order; null when something is not what the model says. What an application gives may throw when
 * it is read (a getter, a proxy): that is no value.
 */
export function rawValues(
  point: PointTable,
  value: unknown,
  attributes: Given,
  context: Given,
): RawValue[] | null {
  try {
    const named = copyOf(attributes);
    const around = copyOf(context);
    const values: RawValue[] = [];
    for (let i = 0; i < point.fields.length; i++) {
      const field = point.fields[i];
      // Context fields have keys below zero (POU-REC-4).
      const given = field.key < 0 ? around : named;
      const isValue = i === 0 && point.hasValue;
      const raw = rawValue(field, isValue ? value : given[field.name]);
      if (raw === undefined) return null;
      if (!isValue) delete given[field.name];
      values.push(raw);
    }
    // What is left are names that the model does not know.
    return Object.keys(named).length + Object.keys(around).length > 0 ? null : values;
  } catch (_error) {
    return null;
  }
}
