import type { Boot } from './boot.ts';
import type { Done } from './marks.ts';
import type { LaneName } from './place.ts';

/** A message that waits, is on its way, or is done. */
export interface Entry {
  lane: number;
  boot: Boot;
  seq: number;
  records: number;
  lost: number;
  before: number;
  segment: Segment;
  offset: number;
  length: number;
  toldDebtId: number;
  state: 'waiting' | 'sent' | 'done';
  /** It was handed to a link: the gateway may have it, so it can no longer be given up and counted as lost. */
  mayBeStored: boolean;
  stamp: number;
  attempts: number;
  notBeforeMs: number;
}

export interface Segment extends LaneName {
  entries: Entry[];
  live: number;
  sealed: boolean;
}

export function doneOf(entry: Entry): Done {
  return {
    lane: entry.lane,
    slot: entry.segment.slot,
    purpose: entry.segment.purpose,
    boot: entry.boot,
    seq: entry.seq,
    before: entry.before,
    amount: entry.records + entry.lost,
  };
}
