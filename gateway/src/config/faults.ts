import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { keysOf } from './overrides.ts';
import { child, expected, homesOf, type Path, type Shape, shapeAt, variantsWith } from './shape.ts';

/** One thing that is wrong with a configuration. `key` marks a fault of the key itself, not of its value. */
export interface Fault {
  path: Path;
  key?: string;
  message: string;
}

/** All faults of a value that zod refused, in words that name what was received and what belongs there. */
export function faultsOf(error: z.ZodError, value: unknown): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, value));
    if (issue.code === 'invalid_key') return [badName(path)];
    return [badValue(path, value)];
  });
}

function unknownKey(path: Path, key: string, value: unknown): Fault {
  const keys = keysOf(shapeAt(path, value));
  const near = nearest(key, keys);
  const hint = near ? `. Did you mean "${near}"?` : homeHint(path, key, value);
  return {
    path: [...path, key],
    key,
    message: `unknown key, received ${JSON.stringify(key)}, expected one of ${keys.join(', ')}${hint}`,
  };
}

function homeHint(path: Path, key: string, value: unknown): string {
  const variants = variantsWith(path, value, key);
  if (variants.length > 0) return `. It belongs to ${variants.join(' or ')}`;
  const homes = homesOf(key);
  return homes.length > 0 ? `. It belongs at ${homes.join(' or ')}` : '';
}

function badName(path: Path): Fault {
  const key = String(path[path.length - 1]);
  return {
    path,
    key,
    message: `received the name ${JSON.stringify(key)}, expected a name of letters, digits and "-"`,
  };
}

function badValue(path: Path, value: unknown): Fault {
  const shape = shapeAt(path, value);
  const got = path.reduce<unknown>(child, value);
  const secret =
    path.some((step) => /token|password|secret|headers/i.test(String(step))) || hasCredentials(got);
  return {
    path,
    message: `received ${received(got, secret)}, expected ${expected(shape)}${meant(got, shape)}`,
  };
}

/** As in `postgres://user:password@host/`. */
function hasCredentials(value: unknown): boolean {
  return typeof value === 'string' && /\/\/[^/@]*:[^/]*@/.test(value);
}

function meant(got: unknown, shape: Shape | undefined): string {
  const near = typeof got === 'string' && shape?.enum ? nearest(got, shape.enum) : undefined;
  return near && near !== got ? `. Did you mean "${near}"?` : '';
}

/** What was found, shortened; a secret only by its length. */
export function received(value: unknown, secret = false): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return `the date ${value.toISOString()}`;
  if (typeof value === 'object') return 'a map';
  if (secret) return `text of ${String(value).length} characters`;
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}..."`;
}

/** `sinks[1].batch.maxAgeMs` */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step),
    '',
  );
}
