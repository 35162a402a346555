import { decodeMessage } from '@usewire/protocol/wire';
import type { AdmittedMessage, ClockAnchor, TimeMapping } from './stored.ts';
import { DRIFT } from './time-map.ts';

/** How far a clock may step without its device telling it (POU-TIME-1). */
const UNTOLD_STEP_MS = 1_000;

/**
 * What is kept of two clocks of one boot: the better one, or of equals the one heard of the later uptime. A worse one wins only where the
 * device takes back what it said: it is later, and further off than both bounds and the drift in between explain.
 */
export function betterAnchor(known: ClockAnchor | null, heard: ClockAnchor): ClockAnchor {
  if (known === null || heard.quality > known.quality) return heard;
  if (heard.uptimeMs < known.uptimeMs) return known;
  if (heard.quality === known.quality) return heard;
  const bounds = (known.boundMs ?? 0) + (heard.boundMs ?? 0) + driftMs(known, heard.uptimeMs);
  return Math.abs(heard.originMs - known.originMs) > bounds + UNTOLD_STEP_MS ? heard : known;
}

/** Times of messages that leave their clock out: the uptime counter may have drifted since the clock was heard. */
export function anchorMapping(anchor: ClockAnchor, uptimeMs: number): TimeMapping {
  const { originMs, quality, boundMs } = anchor;
  const bound = boundMs === null ? null : boundMs + driftMs(anchor, uptimeMs);
  return { originMs, quality, boundMs: bound, method: 'device' };
}

function driftMs(anchor: ClockAnchor, uptimeMs: number): number {
  return Math.ceil(Math.abs(uptimeMs - anchor.uptimeMs) * DRIFT);
}

/** The clock that a stored message was mapped by, so that a gateway that was killed before it saved its state has it again. */
export function anchorOfStored(message: Pick<AdmittedMessage, 'time' | 'payload'>): ClockAnchor | null {
  const { method, originMs, quality, boundMs } = message.time;
  if (method !== 'device') return null;
  const decoded = decodeMessage(message.payload);
  if (!decoded.ok || !('uptimeMs' in decoded.value)) return null;
  return { originMs, quality, boundMs, uptimeMs: decoded.value.uptimeMs };
}
