import type { Octets } from '../board/octets.ts';
import type { BoardOutbox } from '../board/ports.ts';
import type { FlashPort } from './ports.ts';

export interface FlashOptions {
  port: FlashPort;
  /** Makes a message smaller by telling its series more coarsely: `toMs` is the period to come. null: it has nothing that is finer. */
  thin(body: Octets, toMs: number): Octets | null;
}

export interface FlashState extends FlashOptions, BoardOutbox {
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
