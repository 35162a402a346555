import type { ClockPort, RandomPort, TransportEvents, TransportPort, UpLeaf } from '../core/ports.ts';
import type { Octets } from './octets.ts';

/*
 * The ports of the core (`core/ports.ts`), with bytes as octets. `octet-ports.ts` makes these from those, so that whatever serves a Node
 * device, the doubles of the tests among it, serves a board as well.
 */

/** Small values that survive a restart. The segments of the core's storage have no place in RAM-only boards. */
export interface BoardStorage {
  /** The value, or undefined. */
  get(key: string): Octets | undefined;
  /** Replaces it: afterwards there is the old or the new one. True when it will be there after a loss of power. */
  put(key: string, value: Octets): boolean;
}

export interface BoardEvents extends Pick<TransportEvents, 'onOpen' | 'onClose' | 'onAck'> {
  onMessage(bytes: Octets): void;
}

export interface BoardTransport extends Pick<TransportPort, 'close'> {
  open(will: Octets, events: BoardEvents): void;
  /** `tag` is 1 to 65,534 and stays with a message over links: MQTT uses it as packet id. `again`: sent before on some link. */
  send(tag: number, leaf: UpLeaf, bytes: Octets, again: boolean): boolean;
}

/** A message that waits in an outbox: id, worth, key of its records, bytes. */
export type Kept = [id: number, worth: number, key: string, body: Octets];

/** Messages that outlive a loss of power, in order, until they are settled or have to make room. Positional, as its file is minified on its own. */
export interface BoardOutbox {
  /**
   * Keeps a message and gives its id; 0: it was not taken. `priority` is 1 critical, 2 normal, 3 bulk. Slot and purpose code (0: it needs no grant) say
   * what a withdrawal wipes; `worth` is its records and told losses. `tells`: it tells every loss of `owed()`.
   */
  keep(priority: number, slot: number, purpose: number, worth: number, body: Octets, tells: boolean): number;
  /** What the board holds in RAM as well, and may have sent: it says so before anything else. That does not have to make room for others. */
  isHeld: (id: number) => boolean;
  /** The next one that is neither settled nor held in RAM, each once in a life of the board. */
  next(): Kept | null;
  /** Stored or refused by the gateway: it need not be kept. */
  settle(id: number): void;
  /** Leaves nothing of these slots and purposes, and gives the worth of what waited. Called again at each start, as the power may go in the middle. */
  wipe(isGone: (slot: number, purpose: number) => boolean): number;
  /** Records that had to make room and of which no kept message tells. It can grow while one is kept. */
  owed(): number;
  /** Of its room, 0 to 1. */
  fill(): number;
}

export interface BoardPorts {
  clock: ClockPort;
  random: RandomPort;
  storage: BoardStorage;
  transport: BoardTransport;
  /** Without one, what waits is in RAM only. */
  outbox?: BoardOutbox;
  /** UTF-8 bytes of a text. */
  utf8(text: string): Octets;
  unbase64(text: string): Octets;
  /** Free interpreter variables, where that is known. */
  free?: () => number;
  /** Asks for a `tick()` soon. */
  wake?: () => void;
}
