import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The part of JSON Schema that the configuration's schema uses; it answers "what belongs here?". */
export interface Shape {
  type?: string;
  description?: string;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | false;
  items?: Shape;
  oneOf?: Shape[];
  enum?: string[];
  const?: string;
  minimum?: number;
  maximum?: number;
}

export type Path = readonly (string | number)[];

const rootShape = z.toJSONSchema(configSchema, { io: 'input' }) as Shape;

/** The shape at a path; `value` (the whole configuration) decides between the variants of a union. */
export function shapeAt(path: Path, value: unknown): Shape | undefined {
  const { shape, here } = walk(path, value);
  return variant(shape, here);
}

/** Where a union stands at a path: the literals whose variants have the key, as `type "http"`. */
export function variantsWith(path: Path, value: unknown, key: string): string[] {
  return (walk(path, value).shape.oneOf ?? [])
    .filter((one) => one.properties?.[key] !== undefined)
    .flatMap((one) => Object.entries(one.properties ?? {}))
    .flatMap(([name, property]) => (property.const === undefined ? [] : [`${name} "${property.const}"`]));
}

function walk(path: Path, value: unknown): { shape: Shape; here: unknown } {
  let shape = rootShape;
  let here = value;
  for (const step of path) {
    shape = below(variant(shape, here), step);
    here = child(here, step);
  }
  return { shape, here };
}

function below(shape: Shape, step: string | number): Shape {
  if (typeof step === 'number') return shape.items ?? {};
  const known = shape.properties?.[step] ?? (shape.additionalProperties || undefined);
  if (known) return known;
  // The discriminator of a union whose variant is not known: every variant's literal is possible.
  const literals = (shape.oneOf ?? []).map((one) => one.properties?.[step]?.const);
  return literals.every((literal) => literal !== undefined) ? { enum: literals as string[] } : {};
}

function variant(shape: Shape, value: unknown): Shape {
  const found = shape.oneOf?.find((one) =>
    Object.entries(one.properties ?? {}).every(
      ([key, property]) => property.const === undefined || child(value, key) === property.const,
    ),
  );
  return found ?? shape;
}

/** The property or element of a value of unknown shape. */
export function child(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string | number, unknown>)[step]
    : undefined;
}

/** What belongs there, in words. */
export function expected(shape: Shape | undefined): string {
  if (!shape) return 'nothing';
  if (shape.description) return shape.description;
  if (shape.enum) return `one of ${shape.enum.join(', ')}`;
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.oneOf) return `a map with ${discriminator(shape)}`;
  if (shape.type === 'integer') return integerRange(shape);
  const words: Record<string, string> = {
    string: 'text',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
  };
  return words[shape.type ?? ''] ?? 'another value';
}

function integerRange({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Shape): string {
  return maximum === Number.MAX_SAFE_INTEGER
    ? `an integer of at least ${minimum}`
    : `an integer from ${minimum} to ${maximum}`;
}

function discriminator(shape: Shape): string {
  const first = shape.oneOf?.[0]?.properties ?? {};
  const key = Object.keys(first).find((name) => first[name]?.const !== undefined) ?? 'type';
  return `${key} (${expected(below(shape, key))})`;
}

/** Where else in the configuration this key is at home: `spool.maxBytes`. */
export function homesOf(key: string, shape: Shape = rootShape, at = ''): string[] {
  const inside = Object.entries(shape.properties ?? {}).flatMap(([name, property]) => [
    ...(name === key ? [at + name] : []),
    ...homesOf(key, property, `${at}${name}.`),
  ]);
  const items = shape.items ? homesOf(key, shape.items, `${at.slice(0, -1)}[].`) : [];
  const variants = (shape.oneOf ?? []).flatMap((one) => homesOf(key, one, at));
  return [...new Set([...inside, ...items, ...variants])];
}
