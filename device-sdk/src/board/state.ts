import type { BoardModel } from '@usewire/protocol/model';
import type { WallTime } from '../core/ports.ts';
import type { Octets } from './octets.ts';
import type { BoardSettings } from './options.ts';
import type { BoardEvents, BoardPorts } from './ports.ts';

/*
 * A board is one object that plain functions work on. On Espruino a function costs 6 variables of 12 to 14 bytes and 1 more a parameter, one in a
 * closure 3 more (measured 2026-11-28): so there are few, none is made twice, and what others call are the object's own methods.
 */

/** Causes of gap records (SPEC.md, Point 0). */
export const Cause = { evicted: 0, invalid: 1, overflow: 4, shutdown: 5 } as const;

/** Key of what needs no grant and is of nobody in particular: purpose code, slot. */
export const nobodys = '0:0';

/** The life of a link. */
export const Phase = { waiting: 0, connecting: 1, hello: 2, open: 3, stopped: 4 } as const;

/** Consecutive samples of a series, encoded as they come: the first absolute, the others differences (POU-REC-5). */
export interface Block {
  id: number;
  at: number;
  count: number;
  last: number;
  body: Octets;
}

/** Records of one key (`keyOf`) on their way to be one message: encoded entries, so that a record costs its bytes and nothing else. */
export interface Batch {
  /** Uptime of the first record in ms. */
  base: number;
  /** Uptime of the last row; the next one tells its distance to it. */
  last: number;
  body: Octets;
  /** Entries in `body`, and records in all. */
  entries: number;
  records: number;
  /** Bound of the bytes that its entries will have. */
  size: number;
  series: { [point: string]: Block };
  /** Ids of counters that changed: their sums are told when the batch is cut. */
  sums: { [point: string]: number };
}

/** A message that is not acknowledged yet. */
export interface Waiting {
  seq: number;
  /** Key of its records; '' for what nobody takes back. */
  key: string;
  body: Octets;
  /** Records and told losses in it; 0 for a person's choice, which is never given up. */
  worth: number;
  /** 0 until it is first sent; from then on the gateway may have it. */
  tag: number;
  /** On its way on this link. */
  out: boolean;
  /** In the outbox; 0: in RAM only. */
  id: number;
}

export interface BoardState extends BoardEvents {
  model: BoardModel;
  ports: BoardPorts;
  settings: BoardSettings;
  /** First 8 bytes of the model hash. */
  hash: Octets;
  boot: number | Octets;
  seq: number;
  /** Uptime that was last told: it never steps back. */
  nowMs: number;
  /** The gateway's time of day, with the origin of uptime as time. */
  learned: WallTime | null;
  /** Messages since one told the clock, and what it told. */
  untold: number;
  told: WallTime | null;
  /** By key: what a person decides on at once. */
  batches: { [key: string]: Batch };
  /** Counters since boot, by slot and point. */
  sums: { [key: string]: number };
  /** 0 refused, 1 granted, 2 withdrawn (POU-KIND-8), by slot and purpose code; at 0 the epoch they were made on top of. */
  choices: { [slot: string]: { [purpose: string]: number } };
  epoch: number;
  queue: Waiting[];
  queueBytes: number;
  accepted: number;
  acked: number;
  /** Records that people took back. */
  withdrawn: number;
  /** Of the last receipt: records erased in all places; -1 = none has come. The id of the last erasure that the gateway asked for. */
  erased: number;
  erasedId: Octets;
  /** Lost records by cause, since start and not told yet. */
  losses: number[];
  owed: number[];
  phase: number;
  /** Waiting, connecting: when to go on. Nothing is sent before `holdMs`; an answer is awaited since `silentMs`. */
  dueMs: number;
  holdMs: number;
  silentMs: number;
  failures: number;
  problem: string;
  isIntroduced: boolean;
  tag: number;
  helloTag: number;
  /** Seq and worth of what was acknowledged last: a gateway acknowledges bad bytes too, and their refusal comes after that (POU-ACK-2). */
  recent: number[];
}

/** What a person decided on the data of a key; undefined: nothing yet. */
export function choiceOf(board: BoardState, key: string): number | undefined {
  const parts = key.split(':');
  return +parts[0] ? (board.choices[parts[1]] || {})[parts[0]] : 1;
}
