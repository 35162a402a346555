import { coerce } from './overrides.ts';
import { type Path, shapeAt } from './shape.ts';

export interface InterpolationFault {
  path: Path;
  message: string;
}

const REFERENCE = /\$\$|\$\{([^}]*)\}/g;

/**
 * Replaces `${env:NAME}` and `${env:NAME:-default}` inside string leaves, after YAML was parsed: a value from the
 * environment can never become structure. `$$` is a plain `$`.
 */
export function interpolate(
  root: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): { value: unknown; faults: InterpolationFault[] } {
  const faults: InterpolationFault[] = [];
  const leaf = (text: string, path: Path): unknown => {
    if (!text.includes('$')) return text;
    let referred = false;
    const result = text.replace(REFERENCE, (whole, inside: string | undefined) => {
      if (inside === undefined) return '$';
      referred = true;
      const found = lookUp(inside, environment);
      if (found.value === undefined) faults.push({ path, message: `${found.problem} in ${whole}` });
      return found.value ?? whole;
    });
    return referred ? coerce(result, shapeAt(path, root)) : result;
  };
  return { value: mapLeaves(root, [], leaf), faults };
}

function lookUp(inside: string, environment: Readonly<Record<string, string | undefined>>) {
  const match = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/.exec(inside);
  if (!match) return { value: undefined, problem: `expected \${env:NAME} or \${env:NAME:-default}` };
  const [, name, fallback] = match;
  const value = environment[name!];
  // As in a shell, `:-` also stands in for a variable that is set but empty.
  if (fallback !== undefined) return { value: value ? value : fallback, problem: '' };
  return { value, problem: `environment variable ${name} is not set` };
}

function mapLeaves(value: unknown, path: Path, leaf: (text: string, path: Path) => unknown): unknown {
  if (typeof value === 'string') return leaf(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapLeaves(item, [...path, index], leaf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapLeaves(item, [...path, key], leaf)]),
  );
}
