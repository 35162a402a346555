import {
  type Attributes,
  type LocationValue,
  type NoAttributes,
  numberDefaults,
  type Outside,
  type Range,
  type Scale,
} from './attributes.ts';
import { type Draft, merged } from './draft.ts';
import type { Unit } from './units.ts';

export type Kind = 'event' | 'counter' | 'gauge' | 'state' | 'session' | 'series' | 'distribution';
/** How much harm the data could do to the person it is about. */
export type Sensitivity = 'public' | 'ordinary' | 'personal' | 'special';
/** Which records leave first, and which are given up last when the outbox is full. */
export type Priority = 'critical' | 'normal' | 'bulk';
/** Standard attributes: part of which session, where, what the person wanted, who (as a class, never a name). */
export type ContextName = 'session' | 'location' | 'intent' | 'actor';

/** What the compiler knows of a point. */
export interface PointTypes {
  id: number;
  for: string;
  sensitivity: Sensitivity;
  perSubject: boolean;
  value: unknown;
  attributes: Attributes;
  context: ContextName;
}

/** A point of a model with all defaults filled in. `types` exists for the compiler only and is never set. */
export interface Point<K extends Kind = Kind, T extends PointTypes = PointTypes> {
  readonly kind: K;
  readonly id: T['id'];
  readonly for: T['for'];
  readonly sensitivity: T['sensitivity'];
  readonly perSubject: T['perSubject'];
  readonly retentionDays: number;
  readonly priority: Priority;
  readonly resolutionMs: number;
  readonly title?: string;
  readonly description?: string;
  readonly attributes: T['attributes'];
  readonly context: readonly T['context'][];
  readonly unit?: Unit;
  readonly range?: Range;
  readonly scale?: Scale;
  readonly outside?: Outside;
  readonly delta?: boolean;
  readonly values?: readonly string[];
  readonly periodMs?: number;
  readonly types?: T;
}

interface CommonSpec<Id extends number, F extends string, S extends Sensitivity, PS extends boolean> {
  /** 1..65535, for ever: an id is never used again for something else. */
  readonly id: Id;
  /** The purpose: a key of the model's `purposes`. */
  readonly for: F;
  readonly title?: string;
  readonly description?: string;
  /** Default: 'personal'. 'special' needs a purpose with `special: true`. */
  readonly sensitivity?: S;
  /** Days that a record is kept after it was stored. Default: 365. */
  readonly retentionDays?: number;
  /** Default: 'normal'. */
  readonly priority?: Priority;
  /** Times are rounded to this many ms when recorded; a session's duration counts in it. Default: 1 (session: 1000). */
  readonly resolutionMs?: number;
  /** One recorder for each of the model's subjects. Default: false. */
  readonly perSubject?: PS;
}

interface NumberSpec {
  readonly unit?: Unit;
  readonly range?: Range;
  /** Step of the value. Default: 1. */
  readonly scale?: Scale;
  /** Default: 'refuse'. */
  readonly outside?: Outside;
}

interface AttributesSpec<A extends Attributes, C extends ContextName> {
  readonly attributes?: A;
  readonly context?: readonly C[];
}

interface StateSpec<V extends string> {
  /** Labels of the state; their order is part of the wire format, so new ones go to the end. */
  readonly values: readonly V[];
}

interface SeriesSpec extends NumberSpec {
  /** Nominal ms between samples. */
  readonly periodMs: number;
}

const kindDefaults: { [kind: string]: Draft } = {
  counter: { scale: 1 },
  gauge: numberDefaults,
  session: { resolutionMs: 1000 },
  series: { scale: 1, outside: 'refuse' },
  distribution: { scale: 1 },
};

/** A point with the defaults of its kind. Unknown keys are kept: `checkModel` names them, whoever wrote them. */
export const pointOf = <P>(kind: Kind | 'gap', spec: object): P =>
  merged([
    {
      kind,
      sensitivity: 'personal',
      perSubject: false,
      retentionDays: 365,
      priority: 'normal',
      resolutionMs: 1,
      attributes: {},
      context: [],
    },
    kindDefaults[kind],
    spec,
    { kind },
  ]) as unknown as P;

/** Something happened: no value, only attributes. */
export const event = <
  const Id extends number,
  const F extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
  A extends Attributes = NoAttributes,
  const C extends ContextName = never,
>(
  spec: CommonSpec<Id, F, S, PS> & AttributesSpec<A, C>,
): Point<
  'event',
  { id: Id; for: F; sensitivity: S; perSubject: PS; value: undefined; attributes: A; context: C }
> => pointOf('event', spec);

/** How often, or how much in all: only grows. On the wire: the sum since boot. */
export const counter = <
  const Id extends number,
  const F extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
>(
  spec: CommonSpec<Id, F, S, PS> & Pick<NumberSpec, 'unit' | 'scale'>,
): Point<
  'counter',
  { id: Id; for: F; sensitivity: S; perSubject: PS; value: number; attributes: NoAttributes; context: never }
> => pointOf('counter', spec);

/** A reading at a moment. */
export const gauge = <
  const Id extends number,
  const F extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
  A extends Attributes = NoAttributes,
  const C extends ContextName = never,
>(
  spec: CommonSpec<Id, F, S, PS> &
    AttributesSpec<A, C> &
    NumberSpec & {
      /** Packed as differences. Default: false. */
      readonly delta?: boolean;
    },
): Point<
  'gauge',
  { id: Id; for: F; sensitivity: S; perSubject: PS; value: number; attributes: A; context: C }
> => pointOf('gauge', spec);

/** Which of a few states it is in, from now on. */
export const state = <
  const Id extends number,
  const F extends string,
  const V extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
  A extends Attributes = NoAttributes,
  const C extends ContextName = never,
>(
  spec: CommonSpec<Id, F, S, PS> & AttributesSpec<A, C> & StateSpec<V>,
): Point<'state', { id: Id; for: F; sensitivity: S; perSubject: PS; value: V; attributes: A; context: C }> =>
  pointOf('state', spec);

/** A use with a begin and an end. The value is its duration in steps of `resolutionMs`. */
export const session = <
  const Id extends number,
  const F extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
  A extends Attributes = NoAttributes,
  const C extends ContextName = never,
>(
  spec: CommonSpec<Id, F, S, PS> & AttributesSpec<A, C>,
): Point<
  'session',
  { id: Id; for: F; sensitivity: S; perSubject: PS; value: number; attributes: A; context: C }
> => pointOf('session', spec);

/** Samples at a fixed period. */
export const series = <
  const Id extends number,
  const F extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
>(
  spec: CommonSpec<Id, F, S, PS> & SeriesSpec,
): Point<
  'series',
  { id: Id; for: F; sensitivity: S; perSubject: PS; value: number; attributes: NoAttributes; context: never }
> => pointOf('series', spec);

/** Many values, kept as an exponential histogram. */
export const distribution = <
  const Id extends number,
  const F extends string,
  const S extends Sensitivity = 'personal',
  const PS extends boolean = false,
>(
  spec: CommonSpec<Id, F, S, PS> & Pick<NumberSpec, 'unit' | 'scale'>,
): Point<
  'distribution',
  { id: Id; for: F; sensitivity: S; perSubject: PS; value: number; attributes: NoAttributes; context: never }
> => pointOf('distribution', spec);

/** Values of the context fields as an application gives them; all of them may be left out. */
export interface ContextTypes<Intent extends string, Actor extends string> {
  /** Number of the session that the record belongs to. */
  session: number;
  location: LocationValue;
  intent: Intent;
  actor: Actor;
}
