import type { Octets } from '../board/octets.ts';
import type { FlashPort, Kept, Label } from './ports.ts';

export interface FlashOptions {
  port: FlashPort;
  /** Makes a message smaller by telling its series more coarsely: `toMs` is the period to come. null: it has nothing that is finer. */
  thin(body: Octets, toMs: number): Octets | null;
}

/** Messages of a board in flash: in order, until they are settled or have to make room. */
export interface FlashOutbox {
  /** Its id; 0 when the flash did not take it. `tells`: it tells every loss of `owed()`. */
  keep(label: Label, body: Octets, tells: boolean): number;
  /** The next one that is neither settled nor held in RAM, each once in a life of the board. */
  next(isHeld: (id: number) => boolean): Kept | null;
  /** Stored or refused by the gateway: it need not be kept. */
  settle(id: number): void;
  /** A withdrawal: nothing of this subject and purpose is left in the flash when it returns. Ids that were wiped count as settled. */
  wipe(slot: number, purpose: number): void;
  /** Records that had to make room and of which no kept message tells. It can grow while one is kept. */
  owed(): number;
  /** Of the flash, 0 to 1. */
  fill(): number;
}

export interface FlashState extends FlashOptions, FlashOutbox {
  /** The segment that is written, its generation (0 = none yet), and where the next frame goes. */
  current: number;
  generation: number;
  at: number;
  nextId: number;
  settled: number[];
  lost: number;
  /** Where `next` goes on. */
  reading: number;
  readingAt: number;
}
