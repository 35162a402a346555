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

export interface BoardPorts {
  clock: ClockPort;
  random: RandomPort;
  storage: BoardStorage;
  transport: BoardTransport;
  /** UTF-8 bytes of a text. */
  utf8(text: string): Octets;
  unbase64(text: string): Octets;
  /** Free interpreter variables, where that is known. */
  free?: () => number;
  /** Asks for a `tick()` soon. */
  wake?: () => void;
}
