import type { SpoolFailure } from '../spool-failure.ts';
import type { DeviceId, StoredMessage } from '../stored.ts';
import type { Erasure } from './erasure.ts';

/** A row that takes the place of what was in it. */
export interface Replacement {
  position: number;
  /** Records that are left in it. */
  records: number;
  payload: Uint8Array;
}

/** What goes together with the note of how far the erasure is, or not at all. */
export interface ErasureWork {
  replaced?: readonly Replacement[];
  quarantineIds?: readonly number[];
  /** Connections and choices too, as far as they are the subject's alone. */
  withNotes?: boolean;
}

/** What the store has for erasures. */
export interface ErasureStore {
  /** Oldest first. */
  all(): Erasure[];
  /** The next rows behind `after`, and those of the device among them. `end` = the last one looked at; null = there is none up to `through`. */
  window(id: DeviceId, after: number, through: number): { end: number | null; messages: StoredMessage[] };
  /** In one transaction. Null = done. */
  apply(erasure: Erasure, work: ErasureWork): SpoolFailure | null;
  /**
   * Leaves nothing of what was deleted in the files: free pages, the log, damaged stores that were moved aside after `sinceMs`. False: somebody
   * reads the store, or the disk failed; to be tried again.
   */
  overwrite(sinceMs: number): boolean;
}
