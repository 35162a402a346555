import type { TransportEvents } from '@usewire/device-sdk/core';
import type { Link } from '../device/link.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

/** Ms of virtual time that a way there or back takes. */
export const LATENCY_MS = 20;

export interface MemoryLinkOptions {
  gateway: ScriptedGateway;
  tenant: string;
  device: string;
  nowMs(): number;
  later(atMs: number, what: () => void): void;
}

/** A link to a gateway in the same process: nothing real is ever under way, answers come in virtual time. */
export function memoryLink(options: MemoryLinkOptions): Link {
  const { gateway, tenant, device } = options;
  let current: TransportEvents | null = null;
  /** Only while this connection lives; what a closed one had on its way is lost. */
  const soon = (owner: TransportEvents, ways: number, what: () => void): void => {
    options.later(options.nowMs() + ways * LATENCY_MS, () => {
      if (current === owner) what();
    });
  };
  return {
    open(_will, events) {
      current = events;
      soon(events, 2, () => events.onOpen());
    },
    send(tag, _leaf, bytes) {
      const owner = current;
      if (owner === null) return false;
      const copy = bytes.slice();
      // A message that was sent arrives, even when the connection breaks behind it.
      options.later(options.nowMs() + LATENCY_MS, () => {
        gateway.receive({ tenant, device, nowMs: options.nowMs() }, copy);
        soon(owner, 1, () => owner.onAck(tag));
      });
      return true;
    },
    close() {
      current = null;
    },
    busy: () => false,
    settled: () => Promise.resolve(),
    closed: () => Promise.resolve(),
  };
}
