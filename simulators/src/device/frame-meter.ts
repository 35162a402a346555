import { createHash } from 'node:crypto';
import type { TransportEvents } from '@usewire/device-sdk/core';
import { topicFor } from '@usewire/protocol/wire';
import { type Link, publishBytes, type Traffic } from './link.ts';

/** A link that counts and hashes what goes over it. */
export interface MeteredLink extends Link {
  traffic(): Traffic;
  /** SHA-256 over every frame that the link took, each with its leaf and length before it. */
  frameHash(): string;
}

export function meteredLink(inner: Link, tenant: string, device: string): MeteredLink {
  const traffic: Traffic = { messages: 0, acked: 0, bytesOnWire: 0, payloadBytes: 0 };
  const hash = createHash('sha256');
  const topics = { up: topicFor(tenant, device, 'up'), st: topicFor(tenant, device, 'st') };
  const counted = (events: TransportEvents): TransportEvents => ({
    onOpen: () => events.onOpen(),
    onClose: (reason) => events.onClose(reason),
    onMessage: (bytes) => events.onMessage(bytes),
    onAck(tag) {
      if (tag !== 0) traffic.acked += 1;
      events.onAck(tag);
    },
  });
  return {
    open: (will, events) => inner.open(will, counted(events)),
    send(tag, leaf, bytes) {
      // Hashed before: the answer may come, and more be sent, from within `send`.
      const copy = bytes.slice();
      if (!inner.send(tag, leaf, bytes)) return false;
      hash.update(`${leaf} ${copy.length} `).update(copy);
      if (leaf === 'up') {
        traffic.messages += 1;
        traffic.payloadBytes += copy.length;
        traffic.bytesOnWire += publishBytes(topics.up, copy.length);
      }
      return true;
    },
    close: () => inner.close(),
    busy: () => inner.busy(),
    settled: () => inner.settled(),
    closed: () => inner.closed(),
    traffic: () => ({ ...traffic }),
    frameHash: () => hash.copy().digest('hex'),
  };
}
