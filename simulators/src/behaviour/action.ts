import type { AttributeValues, Model, Point, PointName, SubjectName } from '@usewire/protocol/model';

/** What an attribute may be, in model units. */
export type ActionValue =
  | number
  | string
  | boolean
  | Uint8Array
  | { lat: number; lon: number; accuracyM?: number };
export type ActionAttributes = { readonly [name: string]: ActionValue | undefined };

interface At {
  /** True Unix ms at which the product does it. */
  atMs: number;
  point: string;
  subject?: string;
}

/**
 * One use of a recorder of the device SDK, as a value: behaviour decides, the virtual device does.
 * Values are in model units; a state's value is its label.
 */
export type Action =
  | (At & { do: 'event'; attributes?: ActionAttributes })
  | (At & { do: 'count'; by: number })
  | (At & { do: 'gauge'; value: number; attributes?: ActionAttributes })
  | (At & { do: 'state'; value: string; attributes?: ActionAttributes })
  /** The opening of a session; `end` closes the open session of the same point and subject. */
  | (At & { do: 'start'; attributes?: ActionAttributes })
  | (At & { do: 'end'; attributes?: ActionAttributes })
  /** One series sample every `periodMs` from `atMs` on. */
  | (At & { do: 'samples'; periodMs: number; values: number[] })
  /** Values for a distribution, all at once. */
  | (At & { do: 'observe'; values: number[] });

type Doing<M extends Model, P, Name> =
  P extends Point<infer K, infer T>
    ? { atMs: number; point: Name } & (T['perSubject'] extends true ? { subject: SubjectName<M> } : object) &
        {
          event: { do: 'event' } & With<AttributeValues<T['attributes']>>;
          counter: { do: 'count'; by: number };
          gauge: { do: 'gauge'; value: number } & With<AttributeValues<T['attributes']>>;
          state: { do: 'state'; value: Extract<T['value'], string> } & With<AttributeValues<T['attributes']>>;
          session:
            | { do: 'start'; attributes?: Partial<AttributeValues<T['attributes']>> }
            | { do: 'end'; attributes?: Partial<AttributeValues<T['attributes']>> };
          series: { do: 'samples'; periodMs: number; values: number[] };
          distribution: { do: 'observe'; values: number[] };
        }[K]
    : never;

type With<A> = Record<never, never> extends A ? { attributes?: A } : { attributes: A };

/** The actions that a product model allows: a wrong point, label or attribute does not compile. */
export type ActionOf<M extends Model> = {
  [Name in PointName<M>]: Doing<M, M['points'][Name], Name>;
}[PointName<M>];
