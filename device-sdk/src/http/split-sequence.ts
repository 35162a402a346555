import { Reader } from '@usewire/protocol/wire';

/** The items of a CBOR sequence (RFC 8742), each a message or a sealed frame. What cannot be read ends it: what follows has no beginning. */
export function splitSequence(bytes: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    const start = reader.at;
    reader.skip(0);
    if (reader.code !== 0) break;
    items.push(bytes.slice(start, reader.at));
  }
  return items;
}
