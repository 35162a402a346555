import type { Link } from '@usewire/protocol/seal';
import type { LoginAnswer } from '../../domain/credentials.ts';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type {
  AckTarget,
  Clock,
  DeviceId,
  Downlink,
  Log,
  Scheduler,
  SerialPortStatus,
} from '../../domain/ports.ts';
import { type DevicePaceLimits, devicePace, NONSENSE_COST } from '../device-pace.ts';
import type { OpenSerial } from './open-port.ts';
import { SerialLink, type SerialLinkOptions } from './serial-link.ts';
import { type KeptPort, type KeptPortOptions, keepPort } from './serial-port.ts';

/** A port and whose it is. */
export interface DevicePort extends DeviceId, KeptPortOptions, SerialLinkOptions {
  /** `housed`: within one housing, nobody else can touch it. */
  wiring: 'open' | 'housed';
}

export interface SerialListenerPorts {
  open: OpenSerial;
  clock: Clock;
  scheduler: Scheduler;
  log: Log;
  /** Whether the device of a port may come in now. */
  admit(id: DeviceId): LoginAnswer;
  session(id: DeviceId, hop: Link, via: string): DeviceEntry;
  ended(device: DeviceEntry): void;
  /** null = not taken. */
  take(
    device: DeviceEntry,
    payload: Uint8Array,
    arrival: { target: AckTarget; token: number; onStatus: boolean; linkAgeMs: number },
  ): { quarantined: boolean } | null;
  refused(reason: string): void;
  paused(): void;
  acked(count: number): void;
}

export interface SerialListener extends Downlink {
  open(): void;
  status(): SerialPortStatus[];
  setPressure(on: boolean): void;
  /** Looks again at the port of a device. */
  recheck(id: DeviceId, holds: (credential: string) => boolean): void;
  close(): Promise<void>;
}

/** Devices behind serial ports: one port, one device. */
export function serialListener(
  devicePorts: readonly DevicePort[],
  pace: DevicePaceLimits,
  ports: SerialListenerPorts,
): SerialListener {
  let kept: { seat: Seat; port: KeptPort }[] = [];
  let pressure = false;

  function keep(options: DevicePort) {
    const seat = new Seat(options, pace, ports);
    const { open, scheduler, log } = ports;
    const port = keepPort(options, {
      ...{ open, scheduler, log },
      attach(duplex) {
        const link = new SerialLink(duplex, options, seat);
        seat.link = link;
        if (pressure) link.setPressure(true);
        return link;
      },
      detached: () => seat.leave(),
    });
    return { seat, port };
  }

  return {
    open: () => {
      kept = devicePorts.map(keep);
    },
    send(id, frame) {
      for (const { seat } of kept) if (seat.isOf(id)) seat.link?.send(frame);
    },
    status: () =>
      kept.map(({ seat, port }) => ({ ...seat.id, ...port.status(), isIn: seat.link?.isOpen() ?? false })),
    setPressure(on) {
      pressure = on;
      for (const { seat } of kept) seat.link?.setPressure(on);
    },
    recheck(id, holds) {
      for (const { seat } of kept) if (seat.isOf(id)) seat.recheck(holds);
    },
    close: async () => {
      await Promise.all(kept.map(({ port }) => port.close()));
    },
  };
}

/** Where a device sits while its port is open: what it was let in with, and its link. */
class Seat {
  link: SerialLink | null = null;
  readonly id: DeviceId;
  readonly pace;
  readonly monotonicMs;
  readonly after;
  readonly paused;
  readonly refused;
  readonly acked;
  private readonly options: DevicePort;
  private readonly ports: SerialListenerPorts;
  private device: DeviceEntry | null = null;
  private credential = '';
  /** Something has come since the device called. */
  private isUsed = false;

  constructor(options: DevicePort, limits: DevicePaceLimits, ports: SerialListenerPorts) {
    this.options = options;
    this.ports = ports;
    this.id = { tenant: options.tenant, device: options.device };
    this.pace = devicePace(limits);
    this.monotonicMs = ports.clock.monotonicMs;
    this.after = ports.scheduler.after;
    this.paused = ports.paused;
    this.refused = ports.refused;
    this.acked = ports.acked;
  }

  isOf({ tenant, device }: DeviceId): boolean {
    return this.id.tenant === tenant && this.id.device === device;
  }

  called() {
    const answer = this.ports.admit(this.id);
    if (!answer.ok) {
      this.leave(false);
      this.ports.refused(answer.reason);
      // The registry cannot be read now: that is over some time, and no word about the device.
      const cause = answer.reason === 'registry' ? ('closed' as const) : ('refused' as const);
      return { cause, detail: answer.reason };
    }
    this.credential = answer.credential;
    // A device that repeats its call begins one link, not many.
    if (this.device !== null && !this.isUsed) return 'in' as const;
    this.leave(false);
    const { path, wiring } = this.options;
    this.device = this.ports.session(this.id, wiring === 'housed' ? 'loopback' : 'plain', `serial ${path}`);
    return 'in' as const;
  }

  frame(frame: Uint8Array, checksum: number): number {
    const { link, device } = this;
    if (link === null || device === null) return 1;
    this.isUsed = true;
    const arrival = { target: link, token: checksum, onStatus: false, linkAgeMs: link.ageMs() };
    const taken = this.ports.take(device, frame, arrival);
    if (taken === null) link.hangUp({ cause: 'closed', detail: 'not taken' });
    return taken === null || taken.quarantined ? NONSENSE_COST : 1;
  }

  recheck(holds: (credential: string) => boolean): void {
    if (this.device === null || holds(this.credential)) return;
    this.leave(false);
    this.ports.refused('revoked');
    this.link?.hangUp({ cause: 'refused', detail: 'revoked' });
  }

  /** Its link is over; `isGone`: the port as well. */
  leave(isGone = true): void {
    if (isGone) this.link = null;
    if (this.device !== null) this.ports.ended(this.device);
    this.device = null;
    this.isUsed = false;
  }
}
