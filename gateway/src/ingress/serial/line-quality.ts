import type { SerialCounters } from '@usewire/protocol/serial';
import type { SerialMode } from './serial-link.ts';

/** What has come over a port, beside the counters of its decoder. */
export interface LineSample {
  counters: Readonly<SerialCounters>;
  /** Bytes that are no text of a console: what a wrong speed makes of anything. */
  garbledBytes: number;
}

/** Less than this says nothing: a board prints a few lines when it starts. */
const ENOUGH_BYTES = 256;

/** No text, and no SYN either, which begins a line of ours: control characters but tab, LF, CR, escape; DEL; all above ASCII. */
function isGarbled(byte: number): boolean {
  if (byte >= 0x20) return byte >= 0x7f;
  return byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b && byte !== 0x16;
}

export function countGarbled(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i += 1) if (isGarbled(bytes[i]!)) count += 1;
  return count;
}

/**
 * What is wrong with a line whose bytes are no frames, in words; null = frames come, or too little was heard to tell. In line mode text is
 * no fault: a console talks.
 */
export function lineProblem(
  mode: SerialMode,
  baudRate: number,
  before: LineSample,
  now: LineSample,
): string | null {
  const since = (name: keyof SerialCounters) => now.counters[name] - before.counters[name];
  const bytes = since('bytes');
  if (since('frames') > 0 || bytes < ENOUGH_BYTES) return null;
  const garbled = now.garbledBytes - before.garbledBytes;
  if (mode === 'framed' && garbled * 20 < bytes) {
    return 'text comes and no frames: the device uses line mode, or the port is its console';
  }
  if (since('otherWay') > 0) return 'only our own frames come back: the line echoes, and no device answers';
  if (mode === 'line' && garbled * 4 < bytes) return null;
  return `${bytes} bytes and no frame that is whole: another speed than ${baudRate} baud, the other mode, or a bad cable`;
}
