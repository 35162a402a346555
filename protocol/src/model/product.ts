import type { Definition, Model } from './definition.ts';
import { type Draft, eachOf, merged } from './draft.ts';
import { modelError } from './fault.ts';
import type { Purposes } from './purposes.ts';

/** The definition, with what stands for keys that are left out. */
export const draftModel = (product: string, version: number, definition: object): Draft =>
  merged([
    { product, version, subjects: [], intents: [], actors: [], config: {}, commands: {}, rules: [] },
    definition,
  ]);

/** What a table cannot be made without: each point has an id of its own, which is not the gap point's, and a purpose. */
function requireIds(model: Draft): void {
  const points = (model.points || {}) as { [name: string]: { id: number; for: string } };
  const purposes = (model.purposes || {}) as Draft;
  const seen: Draft = { 0: 'gap' };
  eachOf(points, (name, point) => {
    const path = 'points.' + name;
    if (!purposes[point.for]) throw modelError('POINT_PURPOSE', path + '.for', 'no such purpose');
    if (seen[point.id]) throw modelError('POINT_ID_TWICE', path + '.id', 'the id of ' + seen[point.id]);
    seen[point.id] = name;
  });
}

/**
 * Declares a product. `name` is lower-case words joined by dots ('acme.bed'), `version` a whole number from 1.
 * The compiler refuses wrong models. At run time only ids and purposes are held, by a `ModelError`, so that a device carries no checker:
 * `checkModel` of `@usewire/protocol/check` tells everything that is wrong, and a gateway takes no model that it refuses.
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
  const model = draftModel(name, version, definition);
  requireIds(model);
  return model as unknown as Model<P, Pts, S, I, A, Cfg, Cmd>;
}
