import type { Link } from '@usewire/protocol/seal';
import { countRefusedMessage } from './domain/books.ts';
import { countBy } from './domain/counters.ts';
import type { Arrival, Delivery } from './domain/delivery.ts';
import type { DeviceEntry } from './domain/device-entry.ts';
import { takeIn } from './domain/intake.ts';
import type { IntakeContext } from './domain/intake-context.ts';
import type { DeviceId, LinkOpened } from './domain/ports.ts';
import { beginLink } from './domain/seal-state.ts';

/** What every kind of link does with a device and its payloads: identity, checks, consent and ack are the same for all. */
export interface LinkPorts {
  /** A connection of a device begins. */
  session(id: DeviceId, hop: Link, via: string): DeviceEntry;
  /** It has ended, for whatever reason. */
  ended(device: DeviceEntry): void;
  /** null = not taken: the link ends without an answer. */
  take(device: DeviceEntry, payload: Uint8Array, arrival: Arrival): { quarantined: boolean } | null;
  refused(reason: string): void;
  /** A device was not read for a while because it sent more than its share. */
  paused(): void;
}

/** Kept with what is refused. */
export type LinkKind = 'mqtt' | 'serial' | 'cluster' | 'http';

export interface LinkHabits {
  /** It gives no acknowledgement of its own that means stored. Default false. */
  tellsStored?: boolean;
  /** What a device is whose connection ended without a bye: `offline` where that is no sign of a loss. Default `lost`. */
  endsAs?: 'lost' | 'offline';
}

/** Connections that wait for a commit to go with, before they ask for one themselves. */
const MAX_WAITING_LINKS = 1_000;

export function linkPorts(
  context: IntakeContext,
  link: LinkKind,
  isReady: () => boolean,
  { tellsStored = false, endsAs = 'lost' }: LinkHabits = {},
): LinkPorts {
  const { counters, clock, devices } = context;
  return {
    session(id, hop, via) {
      const openedAtMs = clock.nowMs();
      const device = devices.entry(id, openedAtMs);
      noteLink(context, { tenant: id.tenant, device: id.device, openedAtMs, via });
      device.links += 1;
      beginLink(device.seal, hop);
      return device;
    },
    ended(device) {
      if (isReady()) devices.linkEnded(device, endsAs);
    },
    take(device, payload, arrival) {
      counters.arrived += 1;
      counters.received += 1;
      const taken = takeIn(
        context,
        deliveryOf(device, payload, arrival, { link, tellsStored, receivedAtMs: clock.nowMs() }),
      );
      if (taken.ok) return taken;
      countBy(counters.refused, taken.reason);
      countRefusedMessage(counters, taken.reason);
      return null;
    },
    refused: (reason) => countBy(counters.refused, reason),
    paused: () => {
      counters.pauses += 1;
    },
  };
}

/**
 * Every field at once and never another: measured, an object that is spread together and gets `boot` later costs the whole path half its
 * messages a CPU second.
 */
function deliveryOf(
  device: DeviceEntry,
  payload: Uint8Array,
  { target, token, linkAgeMs, onStatus }: Arrival,
  { link, tellsStored, receivedAtMs }: Pick<Delivery, 'link' | 'receivedAtMs'> & { tellsStored: boolean },
): Delivery {
  return {
    device,
    payload,
    link,
    target,
    token,
    receivedAtMs,
    linkAgeMs,
    onStatus,
    seal: 0,
    tellsStored,
    boot: undefined,
    parkedId: undefined,
  };
}

function noteLink({ queue }: IntakeContext, link: LinkOpened): void {
  const { links } = queue.gathering();
  if (links.push(link) >= MAX_WAITING_LINKS) queue.added(0);
}
