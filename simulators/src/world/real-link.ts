import type { TransportEvents, TransportPort } from '@usewire/device-sdk/core';
import type { Link } from '../device/link.ts';
import { createWaiting } from './waiting.ts';

/** Wraps a real transport so that virtual time can stand still while an answer is awaited. */
export function realLink(inner: TransportPort, what: string, patienceMs: number): Link {
  const waiting = createWaiting(what, patienceMs);
  const open = new Set<number>();
  let connecting = false;
  const connected = (): void => {
    if (!connecting) return;
    connecting = false;
    waiting.end();
  };
  const gone = (): void => {
    connecting = false;
    open.clear();
    waiting.reset();
  };
  const heard = (events: TransportEvents): TransportEvents => ({
    onOpen() {
      events.onOpen();
      connected();
    },
    onClose(reason) {
      events.onClose(reason);
      gone();
    },
    onAck(tag) {
      events.onAck(tag);
      if (open.delete(tag)) waiting.end();
    },
    onMessage: (bytes) => events.onMessage(bytes),
  });
  return {
    open(will, events) {
      connecting = true;
      waiting.begin();
      inner.open(will, heard(events));
    },
    send(tag, leaf, bytes) {
      // Hello, status and bye (tag 0) are not waited for.
      if (tag === 0) return inner.send(tag, leaf, bytes);
      // Before sending: the answer may come from within.
      open.add(tag);
      waiting.begin();
      if (inner.send(tag, leaf, bytes)) return true;
      if (open.delete(tag)) waiting.end();
      return false;
    },
    close() {
      gone();
      inner.close();
    },
    busy: waiting.busy,
    settled: waiting.settled,
    closed: () => Promise.resolve(),
  };
}
