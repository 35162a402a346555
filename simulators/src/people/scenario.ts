import type { Asked, Person } from './home-model.ts';

/** What somebody does. `live`: both use the product for some minutes. `service`: decided in the maker's app, and not on the product. */
export type Deed =
  | { do: 'live'; minutes: number }
  | { do: 'decide'; who: Person; purpose: Asked; isGranted: boolean; where: 'product' | 'service' }
  | { do: 'forget'; who: Person }
  | { do: 'reset' }
  | { do: 'offline' }
  | { do: 'online' };

/** A story of people and their product. Adding one is a file and a line in `scenarios/index.ts`. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly deeds: readonly Deed[];
}

export const live = (minutes: number): Deed => ({ do: 'live', minutes });
export const decides = (
  who: Person,
  purpose: Asked,
  isGranted: boolean,
  where: 'product' | 'service' = 'product',
): Deed => ({ do: 'decide', who, purpose, isGranted, where });
