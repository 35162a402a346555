import { ByteBuffer, ByteCursor } from './byte-buffer.ts';
import type { RowBuffer } from './journal.ts';
import { readRow } from './row.ts';

/**
 * Rows of purposes that nobody decided on yet: in memory only and bounded. A grant records them with the time they had; a refusal, a restart
 * and want of room leave no trace of them.
 */
export interface Undecided {
  /** Null: no room. */
  rows(slot: number, purpose: number, lane: number): RowBuffer | null;
  /** Gives each row of the slot that is granted now to `record`, and forgets those. */
  release(
    slot: number,
    isGranted: (purpose: number) => boolean,
    record: (purpose: number, lane: number, row: Uint8Array) => void,
  ): void;
  /** Forgets what does not stay. */
  drop(stays: (slot: number, purpose: number) => boolean): void;
}

interface Waiting extends RowBuffer {
  slot: number;
  purpose: number;
  lane: number;
}

export function createUndecided(maxBytes: number): Undecided {
  let waiting: Waiting[] = [];

  const bytes = function (): number {
    let total = 0;
    for (let i = 0; i < waiting.length; i++) total += waiting[i].rows.size;
    return total;
  };
  const take = function (isTaken: (item: Waiting) => boolean): Waiting[] {
    const taken = waiting.filter(isTaken);
    waiting = waiting.filter(function (item) {
      return taken.indexOf(item) < 0;
    });
    return taken;
  };
  return {
    rows: function (slot: number, purpose: number, lane: number): RowBuffer | null {
      if (bytes() >= maxBytes) return null;
      for (let i = 0; i < waiting.length; i++) {
        const item = waiting[i];
        if (item.slot === slot && item.purpose === purpose && item.lane === lane) return item;
      }
      const made = { slot: slot, purpose: purpose, lane: lane, rows: new ByteBuffer(64), count: 0 };
      waiting.push(made);
      return made;
    },
    release: function (
      slot: number,
      isGranted: (purpose: number) => boolean,
      record: (purpose: number, lane: number, row: Uint8Array) => void,
    ): void {
      const taken = take(function (item) {
        return item.slot === slot && isGranted(item.purpose);
      });
      for (let i = 0; i < taken.length; i++) {
        const rows = taken[i].rows;
        const cursor = new ByteCursor(rows.bytes, 0, rows.size);
        for (let from = 0; readRow(cursor) !== null; from = cursor.at) {
          record(taken[i].purpose, taken[i].lane, rows.bytes.subarray(from, cursor.at));
        }
        rows.wipe();
      }
    },
    drop: function (stays: (slot: number, purpose: number) => boolean): void {
      const gone = take(function (item) {
        return !stays(item.slot, item.purpose);
      });
      for (let i = 0; i < gone.length; i++) gone[i].rows.wipe();
    },
  };
}
