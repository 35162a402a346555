import { Label } from '@usewire/protocol/wire';
import type { WallTime } from '../core/ports.ts';
import { head, int, type Octets } from './octets.ts';
import type { BoardState } from './state.ts';

/** Uptime in whole ms that never steps back. */
export function uptime(board: BoardState): number {
  const now = Math.floor(board.ports.clock.uptimeMs());
  if (now > board.nowMs) board.nowMs = now;
  return board.nowMs;
}

/** Time of day: the board's own, else the gateway's, else null. */
export function wallOf(board: BoardState): WallTime | null {
  const learned = board.learned;
  const own = board.ports.clock.wall();
  if (own || !learned) return own;
  return { unixMs: learned.unixMs + uptime(board), quality: learned.quality, boundMs: learned.boundMs };
}

/** The pair of label 6; '' for a time before 1970, which cannot travel. */
export function clockPair(wall: WallTime, unixMs: number): Octets {
  const bound = wall.boundMs === undefined ? '' : int(Math.ceil(wall.boundMs));
  const clock = head(0, Label.clock) + head(128, bound ? 3 : 2);
  return unixMs >= 0 ? clock + int(Math.round(unixMs)) + int(wall.quality) + bound : '';
}
