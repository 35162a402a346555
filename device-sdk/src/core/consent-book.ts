import { loadConsent, saveConsent } from './consent-file.ts';
import { type ConsentState, allows as isAllowed } from './consent-state.ts';
import { type Place, placeOf } from './place.ts';
import type { StoragePort } from './ports.ts';

/** The choices that hold, and that the disk has. */
export interface ConsentBook {
  state: ConsentState;
  allows: (place: Place) => boolean;
  epoch: () => number;
  generation: () => number;
  /** False: the storage did not take it, and the choices stay as they were. */
  save(next: ConsentState): boolean;
}

export function openBook(storage: StoragePort): ConsentBook {
  const book: ConsentBook = {
    state: loadConsent(storage),
    allows: function (place: Place): boolean {
      return isAllowed(book.state, place);
    },
    epoch: function (): number {
      return book.state.epoch;
    },
    generation: function (): number {
      return book.state.generation;
    },
    save: function (next: ConsentState): boolean {
      return saveConsent(storage, next);
    },
  };
  // Choices that were damaged begin again, and must not begin below what is on the disk: it would count as allowed by a later grant.
  const names = storage.list();
  for (let i = 0; i < names.length; i++) {
    const place = placeOf(names[i]);
    if (place !== null) book.state.generation = Math.max(book.state.generation, place.generation);
  }
  return book;
}
