import { nearest, plain } from './nearest.ts';
import { child, type Path, type Shape, shapeAt } from './shape.ts';

export interface Override {
  path: Path;
  value: unknown;
  /** `environment variable USEWIRE_X` or `flag --x`: what an error names instead of a line. */
  origin: string;
}

export interface OverrideFault {
  origin: string;
  message: string;
}

const PREFIX = 'USEWIRE_';

/**
 * `USEWIRE_LISTEN__MQTT__PORT=1884` sets `listen.mqtt.port`. Case and `_` inside a step do not count.
 * A name without `__` that is no key of ours is left alone: other tools of the project read such names.
 */
export function environmentOverrides(
  environment: Readonly<Record<string, string | undefined>>,
  base: unknown,
): { overrides: Override[]; faults: OverrideFault[] } {
  const overrides: Override[] = [];
  const faults: OverrideFault[] = [];
  for (const [name, text] of Object.entries(environment).sort()) {
    if (!name.startsWith(PREFIX) || text === undefined) continue;
    const found = resolve(name.slice(PREFIX.length).split('__'), base);
    const origin = `environment variable ${name}`;
    if ('path' in found) {
      overrides.push({ path: found.path, value: coerce(text, shapeAt(found.path, base)), origin });
    } else if (name.includes('__')) {
      faults.push({ origin, message: found.message });
    }
  }
  return { overrides, faults };
}

function resolve(steps: string[], base: unknown): { path: Path } | { message: string } {
  const path: (string | number)[] = [];
  for (const step of steps) {
    const shape = shapeAt(path, base);
    const keys = keysOf(shape);
    const key = keys.find((candidate) => plain(candidate) === plain(step));
    if (key !== undefined) path.push(key);
    else if (shape?.items && /^\d{1,3}$/.test(step)) path.push(Number(step));
    else return { message: unknownStep(step, keys, path) };
  }
  return { path };
}

function unknownStep(step: string, keys: string[], path: Path): string {
  const near = nearest(step, keys);
  const where = path.length ? `under ${path.join('.')}` : 'at the top';
  const valid = keys.length ? `expected one of ${keys.join(', ')}` : 'nothing can follow here';
  return `"${step}" is not a key ${where}, ${valid}${near ? `. Did you mean "${near}"?` : ''}`;
}

/** Keys that may stand at a shape, over all variants of a union. */
export function keysOf(shape: Shape | undefined): string[] {
  const own = Object.keys(shape?.properties ?? {});
  const variants = (shape?.oneOf ?? []).flatMap((one) => Object.keys(one.properties ?? {}));
  return [...new Set([...own, ...variants])];
}

/** Text becomes what the schema wants there; text that cannot is left as it is and fails the check with its origin. */
export function coerce(text: string, shape: Shape | undefined): unknown {
  if (shape?.type === 'integer' && /^-?\d+$/.test(text.trim())) return Number(text);
  if (shape?.type === 'boolean' && /^(true|false)$/.test(text.trim())) return text.trim() === 'true';
  return text;
}

/** A copy of `base` with the override set; containers on the way are made as needed. */
export function withOverride(base: unknown, { path, value }: Override): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const inside = withOverride(child(base, step), { path: rest, value, origin: '' });
  if (typeof step === 'number') {
    const list = Array.isArray(base) ? [...base] : [];
    list[step] = inside;
    return list;
  }
  return {
    ...(typeof base === 'object' && base !== null && !Array.isArray(base) ? base : {}),
    [step]: inside,
  };
}
