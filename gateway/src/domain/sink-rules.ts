import { PurposeCode } from '@usewire/protocol/model';

/** Words that pick records. A record is picked when each list that is there has a word for it. */
export interface Picks {
  products?: readonly string[] | undefined;
  /** `point` of any product, or `product.point`. */
  points?: readonly string[] | undefined;
  /** A code of the registry of purposes, or else the name of a purpose in a model. */
  purposes?: readonly string[] | undefined;
}

/** What becomes of the fields of some points; of all, where none are named. */
export interface FieldRule {
  points?: readonly string[] | undefined;
  /** Attributes, old name to new. */
  rename?: Readonly<Record<string, string>> | undefined;
  /** Attributes, context fields, `subject` or `value`. */
  drop?: readonly string[] | undefined;
  /** Constants, as attributes. */
  set?: Readonly<Record<string, Constant>> | undefined;
}

export type Constant = string | number | boolean;

/** Which records a sink gets, and how it sees them. */
export interface SinkRules {
  /** What the sink is for; a record of another purpose is not for it. Gap records say nothing of people, and have none. */
  purposes?: readonly string[] | undefined;
  only?: Picks | undefined;
  except?: Picks | undefined;
  fields?: readonly FieldRule[] | undefined;
}

/** What rules look at: a point, with the purpose that its model gives it (null = gap records, which have none). */
export interface PointFacts {
  product: string;
  point: string;
  purpose: { name: string; code: string } | null;
}

/** Records that `only` picks, without those that any word of `except` is for. */
export function isPicked(
  { purposes: served, only = {}, except = {} }: SinkRules,
  facts: PointFacts,
): boolean {
  const { products, points, purposes } = only;
  return (
    (served === undefined || facts.purpose === null || hasPurpose(served, facts)) &&
    (products === undefined || hasProduct(products, facts)) &&
    (points === undefined || hasPoint(points, facts)) &&
    (purposes === undefined || hasPurpose(purposes, facts)) &&
    !hasProduct(except.products ?? [], facts) &&
    !hasPoint(except.points ?? [], facts) &&
    !hasPurpose(except.purposes ?? [], facts)
  );
}

export function hasPoint(words: readonly string[], { product, point }: PointFacts): boolean {
  return words.includes(point) || words.includes(`${product}.${point}`);
}

function hasProduct(words: readonly string[], { product }: PointFacts): boolean {
  return words.includes(product);
}

function hasPurpose(words: readonly string[], { purpose }: PointFacts): boolean {
  if (purpose === null) return false;
  // A model may give a purpose the name of another one's code: such a word means the code alone.
  return words.some((word) => word === (isPurposeCode(word) ? purpose.code : purpose.name));
}

export function isPurposeCode(word: string): boolean {
  return Object.hasOwn(PurposeCode, word);
}
