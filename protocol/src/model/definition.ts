import type { Attribute, Attributes, NoAttributes } from './attributes.ts';
import { merged } from './draft.ts';
import type { Point, PointTypes } from './points.ts';
import type { Purposes } from './purposes.ts';

/** A value that the gateway may set on the device. */
export interface Setting<V = unknown> {
  /** 1..65535, never reused: it stands for the setting on the wire. */
  readonly id: number;
  readonly type: Attribute<V, false>;
  readonly default: V;
  readonly title?: string;
  readonly description?: string;
}
export type Settings = { readonly [name: string]: Setting };

/** Something that the gateway may ask the device to do. */
export interface Command<A extends Attributes = Attributes> {
  readonly id: number;
  readonly arguments: A;
  readonly title?: string;
  readonly description?: string;
}
export type Commands = { readonly [name: string]: Command };

/** Emit an event when a point's value passes a bound (`above`, `below`) or equals a state, for at least `forMs`. */
export interface Rule<When extends string = string, Emit extends string = string> {
  readonly when: When;
  readonly above?: number;
  readonly below?: number;
  readonly equals?: string;
  readonly forMs?: number;
  readonly emit: Emit;
}

/** The default has to be a value of the type: it does not widen it. */
export function setting<V>(spec: {
  readonly id: number;
  readonly type: Attribute<V, false>;
  readonly default: NoInfer<V>;
  readonly title?: string;
  readonly description?: string;
}): Setting<V> {
  return spec;
}

export function command<A extends Attributes = NoAttributes>(spec: {
  readonly id: number;
  readonly arguments?: A;
  readonly title?: string;
  readonly description?: string;
}): Command<A> {
  return merged([{ arguments: {} }, spec]) as unknown as Command<A>;
}

/** A product model. Made by `product()`, `parseModelFile()` or `decodeModel()`; never changed afterwards. */
export interface Model<
  P extends Purposes = Purposes,
  Pts = { readonly [name: string]: Point },
  S extends string = string,
  I extends string = string,
  A extends string = string,
  Cfg = Settings,
  Cmd = Commands,
> {
  readonly product: string;
  /** 1.. ; grows with every published change. */
  readonly version: number;
  readonly title?: string;
  readonly description?: string;
  readonly purposes: P;
  readonly subjects: readonly S[];
  readonly intents: readonly I[];
  readonly actors: readonly A[];
  readonly points: Pts;
  readonly config: Cfg;
  readonly commands: Cmd;
  readonly rules: readonly Rule[];
}

type SpecialPurpose<P> = { [K in keyof P]: P[K] extends { special: true } ? K : never }[keyof P];

/** Names by id; names that share one become a union. A look-up, so that a model of hundreds of points still compiles fast. */
type NamesById<Pts> = {
  [K in keyof Pts as Pts[K] extends { id: infer Id extends number } ? `${Id}` : never]: K;
};
type SameId<Names, K, Id extends number> = Exclude<Names[`${Id}` & keyof Names], K>;

/** Messages are literal types, so that the compiler's error says what is wrong. */
type CheckPoint<P, Pts, Names, K extends keyof Pts, S, I, A> =
  Pts[K] extends Point<infer _Kind, infer T>
    ? CheckPurpose<P, T> & CheckId<Names, K, T['id']> & CheckSubjects<T, S> & CheckContext<T, I, A>
    : 'not a point: use event(), counter(), gauge(), state(), session(), series() or distribution()';

type CheckPurpose<P, T extends PointTypes> = [T['for']] extends [keyof P]
  ? 'special' extends T['sensitivity']
    ? [T['for']] extends [SpecialPurpose<P>]
      ? unknown
      : "sensitivity 'special' needs a purpose with basis 'consent' and special: true"
    : unknown
  : { for: keyof P; why: "'for' names no purpose of this model" };

type CheckId<Names, K, Id extends number> = number extends Id
  ? unknown
  : `${Id}` extends '0' | `-${string}` | `${string}.${string}` | `${string}e${string}`
    ? 'id must be a whole number from 1 to 65535'
    : [SameId<Names, K, Id>] extends [never]
      ? unknown
      : { id: 'this id is used twice'; by: SameId<Names, K, Id> };

type CheckSubjects<T extends PointTypes, S> = true extends T['perSubject']
  ? [S] extends [never]
    ? 'perSubject needs `subjects` in the model'
    : unknown
  : unknown;

type CheckContext<T extends PointTypes, I, A> = ('intent' extends T['context']
  ? [I] extends [never]
    ? "context 'intent' needs `intents` in the model"
    : unknown
  : unknown) &
  ('actor' extends T['context']
    ? [A] extends [never]
      ? "context 'actor' needs `actors` in the model"
      : unknown
    : unknown);

type CheckPoints<P, Pts, Names, S, I, A> = {
  [K in keyof Pts]: CheckPoint<P, Pts, Names, K, S, I, A>;
};

type CheckSettings<Cfg> = {
  [K in keyof Cfg]: Cfg[K] extends Setting ? unknown : 'not a setting: use setting()';
};
type CheckCommands<Cmd> = {
  [K in keyof Cmd]: Cmd[K] extends Command ? unknown : 'not a command: use command()';
};

type PurposeKey = 'basis' | 'code' | 'special' | 'title' | 'description';
/** A type parameter takes any further key, so unknown ones are refused by name. */
type CheckPurposes<P> = {
  [K in keyof P]: { [X in Exclude<keyof P[K], PurposeKey>]: 'unknown key of a purpose' };
};

/** Names of the events that a rule may emit: those that can be recorded without attributes. */
type EmittedEvent<Pts> = {
  [K in keyof Pts]: Pts[K] extends Point<'event', infer T>
    ? T['perSubject'] extends true
      ? never
      : false extends T['attributes'][keyof T['attributes']]['optional']
        ? never
        : K
    : never;
}[keyof Pts];

export interface Definition<
  P extends Purposes,
  Pts,
  S extends string,
  I extends string,
  A extends string,
  Cfg,
  Cmd,
> {
  readonly title?: string;
  readonly description?: string;
  readonly purposes: P & CheckPurposes<P>;
  /** People or places that data is kept apart for: sides of a bed, drivers of a car. */
  readonly subjects?: readonly S[];
  /** What a person may want of the product. */
  readonly intents?: readonly I[];
  /** Classes of people that use it. */
  readonly actors?: readonly A[];
  readonly points: Pts & CheckPoints<P, Pts, NamesById<Pts>, S, I, A>;
  readonly config?: Cfg & CheckSettings<Cfg>;
  readonly commands?: Cmd & CheckCommands<Cmd>;
  readonly rules?: readonly Rule<
    Extract<keyof NoInfer<Pts>, string>,
    Extract<EmittedEvent<NoInfer<Pts>>, string>
  >[];
}
