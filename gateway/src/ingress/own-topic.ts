import type { Frame } from './frame-scanner.ts';

/** PUBLISH of QoS 0 or 1 to the topic that its sender may write telemetry to; QoS 2 is a conversation, which the broker leads. */
export function isOwnTelemetry(own: Buffer, bytes: Buffer, frame: Frame): boolean {
  const { header } = frame;
  return header >> 4 === 3 && ((header >> 1) & 3) < 2 && isOwnTopic(own, bytes, frame);
}

function isOwnTopic(own: Buffer, bytes: Buffer, { body, end }: Frame): boolean {
  const from = body + 2;
  if (from + own.length > end) return false;
  if (bytes[body] !== own.length >> 8 || bytes[body + 1] !== (own.length & 255)) return false;
  // From the end: topics of a fleet differ in the device, which stands there.
  for (let i = own.length - 1; i >= 0; i -= 1) {
    if (bytes[from + i] !== own[i]) return false;
  }
  return true;
}
