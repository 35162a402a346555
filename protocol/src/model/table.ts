/**
 * What a device and a decoder need of a product model at run time: small, flat, without titles or purposes' prose.
 * Made from a model by `modelTable()`; a board's build can ship it instead of the model.
 */

export type PointKind =
  | 'event'
  | 'counter'
  | 'gauge'
  | 'state'
  | 'session'
  | 'series'
  | 'distribution'
  | 'gap';

export type FieldType = 'int' | 'bool' | 'enum' | 'text' | 'bytes' | 'location' | 'histogram';

export interface FieldTable {
  /** 'value', the attribute's name, or a context name: 'session', 'location', 'intent', 'actor'. */
  name: string;
  /** Key in a row's attribute map: index of declaration; -1..-4 for context; `VALUE_KEY` for the value. */
  key: number;
  type: FieldType;
  optional: boolean;
  /** int, and sum, min and max of a histogram: one step on the wire in model units; a power of ten. 1 for the other types. */
  scale: number;
  /** int: bounds in wire steps, inclusive; undefined = none. */
  min?: number;
  max?: number;
  /** int: 'refuse' = a value outside the bounds is invalid; 'keep' = it is kept and flagged. */
  outside: 'refuse' | 'keep';
  /** int: packed as differences. */
  delta: boolean;
  /** text, bytes: longest value in bytes (of UTF-8 for text); at most `limits.maxValueBytes`. */
  maxBytes?: number;
  /** enum: names by index. */
  labels?: string[];
}

export interface PointTable {
  id: number;
  name: string;
  kind: PointKind;
  /** fields[0] is the value when `hasValue`; then attributes; then context. */
  fields: FieldTable[];
  hasValue: boolean;
  /** series: nominal ms between samples. */
  periodMs: number;
  /** Times of this point are rounded to this many ms when recorded. */
  resolutionMs: number;
  perSubject: boolean;
  /** Index into `purposes`; -1 for the gap point. */
  purpose: number;
  /** 0 critical, 1 normal, 2 bulk. */
  priority: 0 | 1 | 2;
}

export interface PurposeTable {
  name: string;
  /** Purpose code of the registry (1 service provision .. 12 altruism). */
  code: number;
  /** Whether recording needs a person's grant. */
  needsConsent: boolean;
}

export interface ModelTable {
  product: string;
  version: number;
  /** SHA-256 of the canonical model (32 bytes). */
  hash: Uint8Array;
  /** Sorted by id; points[0] is always the gap point (id 0). */
  points: PointTable[];
  /** Slot n of label 8 is subjects[n - 1]. */
  subjects: string[];
  purposes: PurposeTable[];
}

/** `FieldTable.key` of the value, which travels as the third item of a row and not in the map. */
export const VALUE_KEY = -100;
