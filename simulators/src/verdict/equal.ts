import type { TruthAttributes } from './truth.ts';

/** Values are scaled integers on the wire, so what comes back may differ in the last bits of a double, and no more. */
const RELATIVE = 1e-9;

function nearly(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE * Math.max(1, Math.abs(a), Math.abs(b));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Equal as values in model units. */
export function sameValue(truth: unknown, arrived: unknown): boolean {
  if (typeof truth === 'number' && typeof arrived === 'number') return nearly(truth, arrived);
  if (isObject(truth) && isObject(arrived)) {
    const keys = new Set([...Object.keys(truth), ...Object.keys(arrived)]);
    return [...keys].every((key) => sameValue(truth[key], arrived[key]));
  }
  return (truth ?? null) === (arrived ?? null);
}

/** Attributes that were given, and no others; one that was left out may come back as null. */
export function sameAttributes(
  truth: TruthAttributes | undefined,
  arrived: { readonly [name: string]: unknown },
): boolean {
  const given = truth ?? {};
  for (const name of Object.keys(given)) {
    if (!sameValue(given[name], arrived[name])) return false;
  }
  return Object.keys(arrived).every((name) => name in given || arrived[name] === null);
}
