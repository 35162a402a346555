import type { ModelFault } from './fault.ts';
import type { Loose } from './fault-checks.ts';
import { findModelFaults } from './find-faults.ts';
import { command, counter, distribution, event, gauge, series, session, setting, state } from './index.ts';
import { draftModel } from './product.ts';

/** What plain JavaScript may pass: the compiler refuses these, see tests/types. */
type Builder = (spec: unknown) => object;

export const loose = {
  counter: counter,
  distribution: distribution,
  event: event,
  gauge: gauge,
  series: series,
  session: session,
  state: state,
  command: command,
  setting: setting,
} as unknown as { [kind: string]: Builder };
/** A model that nothing has looked at yet. */
export const looseProduct = draftModel as unknown as (
  name: unknown,
  version: unknown,
  definition: unknown,
) => unknown;

export const purposes = {
  a: { basis: 'contract', code: 'service_provision' },
  health: { basis: 'consent', code: 'research', special: true },
};

export function ok(): object {
  return loose.counter({ id: 1, for: 'a' });
}

/** `over` laid over `under`. */
function laid(under: Loose, over: Loose): Loose {
  const made: Loose = {};
  const sources = [under, over];
  for (let s = 0; s < 2; s++) {
    const keys = Object.keys(sources[s]);
    for (let i = 0; i < keys.length; i++) made[keys[i]] = sources[s][keys[i]];
  }
  return made;
}

/** A model that is right but for `change`. */
export function model(change: Loose): () => unknown {
  return function () {
    return looseProduct('acme.x', 1, laid({ purposes: purposes, points: { p: ok() } }, change));
  };
}

/** A model with one point that is right but for `spec`. */
export function one(kind: string, spec: Loose): () => unknown {
  return model({ points: { p: loose[kind](laid({ id: 1, for: 'a' }, spec)) } });
}

/** A model with one attribute, `x`. */
export function attr(attribute: unknown): () => unknown {
  return one('event', { attributes: { x: attribute } });
}

/** What is wrong, the model, and the code, path and words that have to come. */
export type WrongModel = [what: string, build: () => unknown, code: string, path: string, message: RegExp];

export function faultsOf(build: () => unknown): ModelFault[] {
  return findModelFaults(build() as Loose);
}
