import type { Definition, Model } from './definition.ts';
import { assign, type Draft } from './draft.ts';
import { modelError } from './fault.ts';
import type { Purposes } from './purposes.ts';

/** The definition, with what stands for keys that are left out. */
export function draftModel(name: string, version: number, definition: object): Draft {
  const model: Draft = { product: name, version: version, subjects: [], intents: [], actors: [] };
  assign(model, { config: {}, commands: {}, rules: [] });
  return assign(model, definition);
}

/** What a table cannot be made without: each point has an id of its own, which is not the gap point's, and a purpose. */
function requireIds(model: Draft): void {
  const points = model.points as { [name: string]: { id: number; for: string } };
  const purposes = model.purposes as Draft;
  const seen: Draft = { 0: 'gap' };
  const names = Object.keys(points || {});
  for (let i = 0; i < names.length; i++) {
    const point = points[names[i]];
    const path = 'points.' + names[i];
    if (!purposes || !purposes[point.for])
      throw modelError('POINT_PURPOSE', path + '.for', 'no such purpose');
    if (seen[point.id]) throw modelError('POINT_ID_TWICE', path + '.id', 'the id of ' + seen[point.id]);
    seen[point.id] = names[i];
  }
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
