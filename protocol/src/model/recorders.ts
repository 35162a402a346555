import type { Attributes } from './attributes.ts';
import type { Model } from './definition.ts';
import type { ContextTypes, Point, PointTypes } from './points.ts';

/** Names of a model's purposes: what a person grants or refuses. */
export type PurposeName<M extends Model> = Extract<keyof M['purposes'], string>;
/** Purposes that need a person's grant; the others rest on another legal basis. */
export type ConsentPurposeName<M extends Model> = {
  [K in PurposeName<M>]: M['purposes'][K]['basis'] extends 'consent' ? K : never;
}[PurposeName<M>];
export type SubjectName<M extends Model> = M['subjects'][number];
export type IntentName<M extends Model> = M['intents'][number];
export type ActorName<M extends Model> = M['actors'][number];
export type PointName<M extends Model> = Extract<keyof M['points'], string>;

type ValueOf<T> = T extends { readonly valueType?: infer V } ? Exclude<V, undefined> : never;
type OptionalKey<A extends Attributes> = {
  [K in keyof A]: A[K]['optional'] extends false ? never : K;
}[keyof A];
type RequiredKey<A extends Attributes> = Exclude<keyof A, OptionalKey<A>>;
type Flat<T> = { [K in keyof T]: T[K] };

/** An object without members; `{}` alone would take any. */
type Nothing = Record<string, never>;

/** An object of an attribute map's values, as an application gives them: model units, labels by name. */
export type AttributeValues<A extends Attributes> = [keyof A] extends [never]
  ? Nothing
  : Flat<{ [K in RequiredKey<A>]: ValueOf<A[K]> } & { [K in OptionalKey<A>]?: ValueOf<A[K]> }>;

type ContextValues<M extends Model, T extends PointTypes> = [T['context']] extends [never]
  ? Nothing
  : Partial<Pick<ContextTypes<IntentName<M>, ActorName<M>>, T['context']>>;

/** Attributes may be left out as a whole when none is required; context is always optional. */
type AttributeArgs<M extends Model, T extends PointTypes> = [RequiredKey<T['attributes']>] extends [never]
  ? [attributes?: AttributeValues<T['attributes']>, context?: ContextValues<M, T>]
  : [attributes: AttributeValues<T['attributes']>, context?: ContextValues<M, T>];

export type EventRecorder<M extends Model, T extends PointTypes> = (...args: AttributeArgs<M, T>) => void;

export interface CounterRecorder {
  /** Adds `n` (default 1, never negative) to the sum. */
  add(n?: number): void;
}

export interface GaugeRecorder<M extends Model, T extends PointTypes> {
  set(value: number, ...args: AttributeArgs<M, T>): void;
}

export interface StateRecorder<M extends Model, T extends PointTypes> {
  set(label: Extract<T['value'], string>, ...args: AttributeArgs<M, T>): void;
}

/** Attributes of a session that are still owed at its end, after `Given` came with its start. */
type OwedArgs<A extends Attributes, Given> = [Exclude<RequiredKey<A>, keyof Given>] extends [never]
  ? [attributes?: Partial<AttributeValues<A>>]
  : [
      attributes: Flat<
        { [K in Exclude<RequiredKey<A>, keyof Given>]: ValueOf<A[K]> } & Partial<AttributeValues<A>>
      >,
    ];

export interface SessionRecorder<M extends Model, T extends PointTypes> {
  /** Attributes may come with the start or with the end; the end wins where both give one. */
  start<Given extends Partial<AttributeValues<T['attributes']>> = Record<never, never>>(
    attributes?: Given & { [K in Exclude<keyof Given, keyof T['attributes']>]: never },
    context?: ContextValues<M, T>,
  ): OpenSession<T['attributes'], Given>;
}

export interface OpenSession<A extends Attributes, Given = Record<never, never>> {
  /** Records the session. A second call does nothing. */
  end(...args: OwedArgs<A, Given>): void;
}

export interface SeriesRecorder {
  /** One sample, at its place in the period. */
  add(value: number): void;
}

export interface DistributionRecorder {
  /** Counts one value into the histogram. */
  observe(value: number): void;
}

/** The recorder of one point (of one subject, where the point is per subject). */
export type RecorderOf<M extends Model, P> =
  P extends Point<infer K, infer T>
    ? {
        event: EventRecorder<M, T>;
        counter: CounterRecorder;
        gauge: GaugeRecorder<M, T>;
        state: StateRecorder<M, T>;
        session: SessionRecorder<M, T>;
        series: SeriesRecorder;
        distribution: DistributionRecorder;
      }[K]
    : never;

/** What an application records with: `points.heart_rate.left.add(61)`, `points.lift_cycles.add()`. */
export type Recorders<M extends Model> = {
  readonly [K in keyof M['points']]: M['points'][K] extends { readonly perSubject: true }
    ? { readonly [S in SubjectName<M>]: RecorderOf<M, M['points'][K]> }
    : RecorderOf<M, M['points'][K]>;
};
