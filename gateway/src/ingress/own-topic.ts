import type { Frame } from './frame-scanner.ts';

/** Whether a PUBLISH goes to the topic that the frame's sender may write its telemetry to. */
export function isOwnTopic(own: Buffer, bytes: Buffer, { body, end }: Frame): boolean {
  const from = body + 2;
  if (from + own.length > end) return false;
  if (bytes[body] !== own.length >> 8 || bytes[body + 1] !== (own.length & 255)) return false;
  // From the end: topics of a fleet differ in the device, which stands there.
  for (let i = own.length - 1; i >= 0; i -= 1) {
    if (bytes[from + i] !== own[i]) return false;
  }
  return true;
}
