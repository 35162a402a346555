import type { Definition, Model } from './definition.ts';
import { faultError } from './fault.ts';
import { isMap, type Loose } from './fault-checks.ts';
import { findModelFaults } from './find-faults.ts';
import type { Purposes } from './purposes.ts';

/** The definition, with what stands for keys that are left out. */
function withDefaults(name: string, version: number, definition: Loose): Loose {
  const model: Loose = {
    product: name,
    version: version,
    subjects: [],
    intents: [],
    actors: [],
    config: {},
    commands: {},
    rules: [],
  };
  const keys = isMap(definition) ? Object.keys(definition) : [];
  for (let i = 0; i < keys.length; i++) {
    if (definition[keys[i]] !== undefined) {
      model[keys[i]] = definition[keys[i]];
    }
  }
  return model;
}

/**
 * Declares a product. `name` is lower-case words joined by dots ('acme.bed'), `version` a whole number from 1.
 * Throws a `ModelError` for the first fault: a wrong model is a bug, found when the program starts.
 */
export function product<
  const P extends Purposes,
  Pts extends { readonly [name: string]: object },
  const S extends string = never,
  const I extends string = never,
  const A extends string = never,
  Cfg extends { readonly [name: string]: object } = Record<never, never>,
  Cmd extends { readonly [name: string]: object } = Record<never, never>,
>(
  name: string,
  version: number,
  definition: Definition<P, Pts, S, I, A, Cfg, Cmd>,
): Model<P, Pts, S, I, A, Cfg, Cmd> {
  const model = withDefaults(name, version, definition as unknown as Loose);
  const faults = findModelFaults(model);
  if (faults.length > 0) {
    throw faultError(faults);
  }
  return model as unknown as Model<P, Pts, S, I, A, Cfg, Cmd>;
}
