import type { FieldTable, FieldType, PointTable } from '@usewire/protocol/model';
import type { ByteBuffer } from './byte-buffer.ts';
import { writeBool, writeBytes, writeInt, writeList, writeNone, writeText } from './row.ts';

const maxInt = 9007199254740991;

/** A field of a point, prepared once so that recording looks nothing up. */
export interface PreparedField {
  name: string;
  type: FieldType;
  optional: boolean;
  /** Wire steps per unit: value * `times` / `by`. One of the two is 1, so decimal readings stay exact. */
  times: number;
  by: number;
  /** Bounds that refuse; the widest exact integers where there are none. */
  min: number;
  max: number;
  /** enum: index by label; made without a prototype, so that 'constructor' is no label. */
  indexes: { [label: string]: number };
  maxBytes: number;
}

function prepareField(field: FieldTable & { maxBytes?: number }): PreparedField {
  const indexes: { [label: string]: number } = Object.create(null);
  const labels = field.labels || [];
  for (let i = 0; i < labels.length; i++) indexes[labels[i]] = i;
  const refuses = field.outside === 'refuse';
  return {
    name: field.name,
    type: field.type,
    optional: field.optional,
    times: field.scale < 1 ? Math.round(1 / field.scale) : 1,
    by: Math.max(field.scale, 1),
    min: refuses && field.min !== undefined ? field.min : -maxInt,
    max: refuses && field.max !== undefined ? field.max : maxInt,
    indexes: indexes,
    maxBytes: field.maxBytes === undefined ? 128 : field.maxBytes,
  };
}

/** value first (where the kind has one), then attributes, then context. */
export function prepareFields(point: PointTable): PreparedField[] {
  const made: PreparedField[] = [];
  for (let i = 0; i < point.fields.length; i++) made.push(prepareField(point.fields[i]));
  return made;
}

/** The wire integer of a number in model units; null for what is no number or lies outside. */
export function toSteps(field: PreparedField, value: unknown): number | null {
  if (typeof value !== 'number') return null;
  // + 0: no negative zero on the wire.
  const steps = Math.round((value * field.times) / field.by) + 0;
  return steps >= field.min && steps <= field.max ? steps : null;
}

function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit < 0xd800 || unit > 0xdfff) length += 3;
    else {
      const next = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0;
      // A lone surrogate has no UTF-8: the wire would refuse it.
      if (!(next >= 0xdc00 && next <= 0xdfff)) return Infinity;
      length += 4;
      i++;
    }
  }
  return length;
}

function within(value: number, bound: number): boolean {
  return value >= -bound && value <= bound;
}

function writeLocation(out: ByteBuffer, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const place = value as { lat?: unknown; lon?: unknown; accuracyM?: unknown };
  if (typeof place.lat !== 'number' || typeof place.lon !== 'number') return false;
  if (!within(place.lat, 90) || !within(place.lon, 180)) return false;
  const made = [Math.round(place.lat * 1e7) + 0, Math.round(place.lon * 1e7) + 0];
  if (place.accuracyM !== undefined) {
    if (typeof place.accuracyM !== 'number' || !(place.accuracyM >= 0 && place.accuracyM <= maxInt))
      return false;
    made.push(Math.round(place.accuracyM));
  }
  writeList(out, made);
  return true;
}

function writeNumber(out: ByteBuffer, field: PreparedField, value: unknown): boolean {
  const steps = toSteps(field, value);
  if (steps === null) return false;
  writeInt(out, steps);
  return true;
}

function writeLabel(out: ByteBuffer, field: PreparedField, value: unknown): boolean {
  const index = typeof value === 'string' ? field.indexes[value] : undefined;
  if (index === undefined) return false;
  writeInt(out, index);
  return true;
}

/** Writes one value as it travels. False: it is not what the model says; `out` may then hold part of it. */
export function writeField(out: ByteBuffer, field: PreparedField, value: unknown): boolean {
  if (value === undefined || value === null) {
    if (field.optional) writeNone(out);
    return field.optional;
  }
  switch (field.type) {
    case 'int':
      return writeNumber(out, field, value);
    case 'enum':
      return writeLabel(out, field, value);
    case 'bool':
      if (typeof value === 'boolean') writeBool(out, value);
      return typeof value === 'boolean';
    case 'text':
      if (typeof value !== 'string' || utf8Length(value) > field.maxBytes) return false;
      writeText(out, value);
      return true;
    case 'bytes':
      if (!(value instanceof Uint8Array) || value.length > field.maxBytes) return false;
      writeBytes(out, value);
      return true;
    case 'location':
      return writeLocation(out, value);
    default:
      return false;
  }
}
