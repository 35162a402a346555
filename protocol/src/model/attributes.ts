import { type Draft, merged } from './draft.ts';
import type { Unit } from './units.ts';

/** One step of a number on the wire, in units of the model: a power of ten, so that decimal readings stay exact. */
export type Scale =
  | 1e-9
  | 1e-8
  | 1e-7
  | 1e-6
  | 1e-5
  | 1e-4
  | 0.001
  | 0.01
  | 0.1
  | 1
  | 10
  | 100
  | 1000
  | 1e4
  | 1e5
  | 1e6
  | 1e7
  | 1e8
  | 1e9;

export type Range = readonly [min: number, max: number];
/** What becomes of a number outside its range: refused as invalid, or kept and flagged. */
export type Outside = 'refuse' | 'keep';

export interface LocationValue {
  lat: number;
  lon: number;
  accuracyM?: number;
}

export type AttributeType = 'int' | 'num' | 'bool' | 'enum' | 'text' | 'bytes' | 'location';

/** What an attribute holds. `valueType` exists for the compiler only and is never set. */
export interface Attribute<V = unknown, O extends boolean = boolean> {
  readonly type: AttributeType;
  readonly optional: O;
  readonly range?: Range;
  readonly scale?: Scale;
  readonly unit?: Unit;
  readonly outside?: Outside;
  readonly delta?: boolean;
  readonly labels?: readonly string[];
  readonly maxBytes?: number;
  readonly title?: string;
  readonly description?: string;
  readonly valueType?: V;
}

export type Attributes = { readonly [name: string]: Attribute };
export type NoAttributes = Record<never, never>;

interface TextOptions {
  readonly title?: string;
  readonly description?: string;
}

export interface AttributeOptions<O extends boolean> extends TextOptions {
  /** The record may leave it out. Default: false. */
  readonly optional?: O;
}

export interface IntOptions<O extends boolean> extends AttributeOptions<O> {
  readonly unit?: Unit;
  readonly outside?: Outside;
  /** Packed as differences: for values that change little from record to record. */
  readonly delta?: boolean;
}

export interface NumOptions<O extends boolean> extends IntOptions<O> {
  readonly range?: Range;
  readonly scale?: Scale;
}

export interface SizeOptions<O extends boolean> extends AttributeOptions<O> {
  /** Longest value in bytes (of UTF-8 for text), 1..128. Default: 64. */
  readonly maxBytes?: number;
}

export const numberDefaults: Draft = { scale: 1, outside: 'refuse', delta: false };
const sizeDefaults: Draft = { maxBytes: 64 };
const defaults: { [type: string]: Draft } = {
  int: numberDefaults,
  num: numberDefaults,
  text: sizeDefaults,
  bytes: sizeDefaults,
};

/** An attribute with the defaults of its type. Unknown options are kept: `checkModel` names them, whoever wrote them. */
export const attributeOf = <V, O extends boolean>(
  type: AttributeType,
  own: object | undefined,
  options?: object,
): Attribute<V, O> =>
  merged([{ optional: false }, defaults[type], own, options, { type }]) as unknown as Attribute<V, O>;

/** Whole number from `min` to `max`, both included. */
export const int = <const O extends boolean = false>(
  min: number,
  max: number,
  options?: IntOptions<O>,
): Attribute<number, NoInfer<O>> => attributeOf('int', { range: [min, max] }, options);

/** Number with a step (`scale`, default 1) and, if it has one, a range. */
export const num = <const O extends boolean = false>(
  options?: NumOptions<O>,
): Attribute<number, NoInfer<O>> => attributeOf('num', options);

export const bool = <const O extends boolean = false>(
  options?: AttributeOptions<O>,
): Attribute<boolean, NoInfer<O>> => attributeOf('bool', options);

/** One of the labels; the order is part of the wire format, so new labels go to the end. */
export const oneOf = function (): unknown {
  // biome-ignore lint/complexity/noArguments: Espruino has no rest parameters
  return attributeOf('enum', { labels: [].slice.call(arguments) });
} as <const L extends string>(first: L, ...more: L[]) => Attribute<L, false>;

export const text = <const O extends boolean = false>(
  options?: SizeOptions<O>,
): Attribute<string, NoInfer<O>> => attributeOf('text', options);

export const bytes = <const O extends boolean = false>(
  options?: SizeOptions<O>,
): Attribute<Uint8Array, NoInfer<O>> => attributeOf('bytes', options);

/** WGS 84 position in degrees with 1e-7 degree steps, and the accuracy in metres where it is known. */
export const location = <const O extends boolean = false>(
  options?: AttributeOptions<O>,
): Attribute<LocationValue, NoInfer<O>> => attributeOf('location', options);

/** The same attribute, which a record may leave out. */
export const optional = <V>(inner: Attribute<V>): Attribute<V, true> =>
  attributeOf(inner.type, inner, { optional: true });
