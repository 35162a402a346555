import type { TransportEvents, TransportPort } from '@usewire/device-sdk/core';

export interface CountedTransport extends TransportPort {
  /** Payload bytes that left the device. */
  bytes(): number;
  isOpen(): boolean;
  /** Why the last link ended; undefined while one is open. */
  lastClose(): string | undefined;
}

/** A transport that can be watched from outside: replay waits for what happens instead of guessing how long it takes. */
export function countedTransport(inner: TransportPort, onChange: () => void): CountedTransport {
  let bytes = 0;
  let open = false;
  let closed: string | undefined;
  const watch = (events: TransportEvents): TransportEvents => ({
    onOpen() {
      open = true;
      closed = undefined;
      events.onOpen();
      onChange();
    },
    onClose(reason) {
      open = false;
      closed = `${reason.kind}: ${reason.detail}`;
      events.onClose(reason);
      onChange();
    },
    onAck(tag) {
      events.onAck(tag);
      onChange();
    },
    onMessage: (message) => events.onMessage(message),
  });
  return {
    open: (will, events) => inner.open(will, watch(events)),
    send(tag, leaf, message) {
      const taken = inner.send(tag, leaf, message);
      bytes += taken ? message.length : 0;
      return taken;
    },
    close() {
      open = false;
      inner.close();
    },
    bytes: () => bytes,
    isOpen: () => open,
    lastClose: () => closed,
  };
}
