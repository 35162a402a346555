import { chars, type Octets } from './octets.ts';
import type { BoardState } from './state.ts';

/** 8 random octets: a boot id, a nonce, half of a request id. */
export function randomOctets(board: BoardState): Octets {
  const bytes = new Uint8Array(8);
  let made = '';
  board.ports.random.fill(bytes);
  for (let i = 0; i < 8; i++) made += chars(bytes[i]);
  return made;
}
