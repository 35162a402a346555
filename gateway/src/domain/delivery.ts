import type { BootEntry, DeviceEntry } from './device-entry.ts';
import type { AckTarget } from './ports.ts';

/** One payload as it came from a link, with where its acknowledgement goes. */
export interface Delivery {
  device: DeviceEntry;
  payload: Uint8Array;
  /** 'mqtt', 'serial', ...: kept with what is refused. */
  link: string;
  /** null = nobody waits (QoS 0). */
  target: AckTarget | null;
  token: number;
  receivedAtMs: number;
  /** Since the link let the device in, ms: what the device made on this link is no older. null = not known, or from no link. */
  linkAgeMs: number | null;
  /** It came on the status topic, where only hello and bye belong. */
  onStatus?: boolean;
  /** How it was sealed (`sealMark`); absent or 0 = it was not. */
  seal?: number;
  /** The link has no acknowledgement that says stored: the device is told by an ack message (POU-KIND-5). */
  tellsStored?: boolean;
  /** Set when it is known: of which boot the message is. */
  boot?: BootEntry | undefined;
  /** Quarantine entry this payload was parked in; it leaves when the payload is decided. */
  parkedId?: number | undefined;
}

/** How a payload came over a link. */
export type Arrival = Pick<Delivery, 'target' | 'token' | 'linkAgeMs'> & { onStatus: boolean };

/**
 * taken: it will be acknowledged when it is durable. refused: it will not; the link should close, the device keeps its copy.
 */
export type Taken =
  | { ok: true; quarantined: boolean }
  | { ok: false; reason: 'parked-full' | 'too-many-gaps' | 'consent-stale' | RefusedSeal };

/** Why a frame is left with the device because of its seal; labels of the metric `refused`. */
export type RefusedSeal =
  | 'seal-auth-required'
  | 'seal-not-authorised'
  | 'seal-key-expired'
  | 'seal-malformed'
  /** The keys cannot be read now: the device tries again. */
  | 'seal-unavailable';

export const TAKEN: Taken = { ok: true, quarantined: false };
/** Taken and acknowledged, but kept aside with a reason. */
export const QUARANTINED: Taken = { ok: true, quarantined: true };
