import type { Model } from '@usewire/protocol/model';
import { type FieldRule, hasPoint, isPurposeCode, type Picks, type SinkRules } from '../domain/sink-rules.ts';
import { type Fault, received } from './faults.ts';
import { nearest } from './nearest.ts';
import type { Path } from './shape.ts';

/**
 * Words of sinks' rules that no model knows: a misspelt word in `except` would let through what it is to hold back. Where no model is
 * given, they come with devices later, and nothing can be said of them now.
 */
export function ruleFaults(sinks: readonly SinkRules[], models: readonly Model[]): Fault[] {
  if (models.length === 0) return [];
  const known = knownWords(models);
  return sinks.flatMap(({ purposes, only, except, fields = [] }, index) => {
    const path: Path = ['sinks', index];
    return [
      ...pickFaults({ purposes }, path, known),
      ...pickFaults(only, [...path, 'only'], known),
      ...pickFaults(except, [...path, 'except'], known),
      ...fields.flatMap((rule, at) => fieldFaults(rule, [...path, 'fields', at], known)),
    ];
  });
}

interface KnownPoint {
  product: string;
  point: string;
  attributes: string[];
  context: string[];
}

interface KnownWords {
  products: string[];
  points: string[];
  purposes: string[];
  fieldsOf: KnownPoint[];
}

function knownWords(models: readonly Model[]): KnownWords {
  const fieldsOf = models.flatMap((model) =>
    Object.entries(model.points).map(([point, { attributes, context }]) => ({
      product: model.product,
      point,
      attributes: Object.keys(attributes),
      context: [...context],
    })),
  );
  const names = models.flatMap((model) => Object.keys(model.purposes));
  const codes = models.flatMap((model) => Object.values(model.purposes).map(({ code }) => code));
  return {
    products: unique(models.map((model) => model.product)),
    points: unique([
      ...fieldsOf.flatMap(({ product, point }) => [point, `${product}.${point}`]),
      ...models.flatMap(({ product }) => ['gap', `${product}.gap`]),
    ]),
    // A name that is also a code means the code, so that it is known only if some purpose has that code.
    purposes: unique([...names.filter((name) => !isPurposeCode(name)), ...codes]),
    fieldsOf,
  };
}

function pickFaults(picks: Picks | undefined, path: Path, known: KnownWords): Fault[] {
  const lists = [
    ['products', 'a product of the models'],
    ['points', 'a point of the models'],
    ['purposes', 'a purpose of the models, or its code'],
  ] as const;
  return lists.flatMap(([list, what]) =>
    strangers(picks?.[list], { path: [...path, list], what, known: known[list] }),
  );
}

function fieldFaults(
  { points, rename = {}, drop, set = {} }: FieldRule,
  path: Path,
  known: KnownWords,
): Fault[] {
  const strange = strangers(points, {
    path: [...path, 'points'],
    what: 'a point of the models',
    known: known.points,
  });
  if (strange.length > 0) return strange;
  const meant = known.fieldsOf.filter(
    (facts) => points === undefined || hasPoint(points, { ...facts, purpose: null }),
  );
  const attributes = unique(meant.flatMap((point) => point.attributes));
  const fields = unique([...attributes, ...meant.flatMap(({ context }) => context), 'subject', 'value']);
  return [
    ...strangers(Object.keys(rename), {
      path: [...path, 'rename'],
      what: 'an attribute of these points',
      known: attributes,
      areKeys: true,
    }),
    ...Object.entries(rename).flatMap(([from, to]) =>
      takenName(
        to,
        [...path, 'rename', from],
        meant.filter((point) => point.attributes.includes(from)),
      ),
    ),
    ...strangers(drop, { path: [...path, 'drop'], what: 'a field of these points', known: fields }),
    ...Object.keys(set).flatMap((name) => takenName(name, [...path, 'set', name], meant)),
  ];
}

function takenName(name: string, path: Path, points: readonly KnownPoint[]): Fault[] {
  const holder = points.find(({ attributes, context }) => [...attributes, ...context].includes(name));
  if (holder === undefined) return [];
  const whose = `${holder.product}.${holder.point}`;
  return [
    { path, message: `received ${received(name)}, expected a name that ${whose} does not have already` },
  ];
}

interface Expectation {
  path: Path;
  what: string;
  known: readonly string[];
  /** The words are keys of a map, not members of a list. */
  areKeys?: boolean;
}

function strangers(
  words: readonly string[] | undefined,
  { path, what, known, areKeys }: Expectation,
): Fault[] {
  return (words ?? []).flatMap((word, index) => {
    if (known.includes(word)) return [];
    const near = nearest(word, known);
    const hint = near === undefined ? '' : `. Did you mean "${near}"?`;
    const message = `received ${received(word)}, expected ${what}: ${shortList(known)}${hint}`;
    return [areKeys ? { path: [...path, word], key: word, message } : { path: [...path, index], message }];
  });
}

const MOST_SHOWN = 12;

function shortList(words: readonly string[]): string {
  if (words.length === 0) return 'there is none';
  const rest = words.length - MOST_SHOWN;
  return words.slice(0, MOST_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
