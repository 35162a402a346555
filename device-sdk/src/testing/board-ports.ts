import type { BoardPorts, Octets } from '../board/index.ts';
import type { Ports } from '../core/index.ts';

export function toOctets(bytes: Uint8Array): Octets {
  return String.fromCharCode(...bytes);
}

export function fromOctets(octets: Octets): Uint8Array {
  return Uint8Array.from(octets, (character) => character.charCodeAt(0));
}

/**
 * The ports of a Node device as those of a board: a board meets the clocks, storages, transports and scripted gateways that the core does. Without
 * `again` nothing tells a transport of these that a message was sent before.
 */
export function boardPorts(ports: Ports): BoardPorts {
  const { clock, random, storage, transport } = ports;
  const made: BoardPorts = {
    clock,
    random,
    storage: {
      get: (key) => {
        const value = storage.get(key);
        return value === null ? undefined : toOctets(value);
      },
      put: (key, value) => storage.put(key, fromOctets(value)),
    },
    transport: {
      open: (will, events) =>
        transport.open(fromOctets(will), {
          onOpen: () => events.onOpen(),
          onClose: (reason) => events.onClose(reason),
          onAck: (tag) => events.onAck(tag),
          onMessage: (bytes) => events.onMessage(toOctets(bytes)),
        }),
      send: (tag, leaf, bytes) => transport.send(tag, leaf, fromOctets(bytes)),
      close: () => transport.close(),
    },
    utf8: (text) => toOctets(new TextEncoder().encode(text)),
    unbase64: (text) => atob(text),
  };
  if (ports.wake) made.wake = ports.wake;
  return made;
}
