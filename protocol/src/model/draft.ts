/** Something that is being put together, in plain JavaScript perhaps: anything may stand there. */
export type Draft = { [key: string]: unknown };

/** Copies the members that are not undefined. */
export function assign(target: Draft, source: object | undefined): Draft {
  const from = (source || {}) as Draft;
  const keys = Object.keys(from);
  for (let i = 0; i < keys.length; i++) {
    if (from[keys[i]] !== undefined) target[keys[i]] = from[keys[i]];
  }
  return target;
}
