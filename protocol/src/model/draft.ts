/** Something that is being put together, in plain JavaScript perhaps: anything may stand there. */
export type Draft = { [key: string]: unknown };

/** Calls `act` for each member, in order of declaration. */
export function eachOf<T>(
  map: { readonly [key: string]: T },
  act: (key: string, value: T, i: number) => void,
): void {
  Object.keys(map).forEach((key, i) => {
    act(key, map[key], i);
  });
}

/** One object with the members that are not undefined; where several have one, the last wins. */
export function merged(sources: (object | undefined)[]): Draft {
  const target: Draft = {};
  sources.forEach((source) => {
    eachOf((source || {}) as Draft, (key, value) => {
      if (value !== undefined) target[key] = value;
    });
  });
  return target;
}
