import type { HangUp } from '@usewire/protocol/serial';
import { countBy } from '../domain/counters.ts';
import type { Clock, Log, Scheduler } from '../domain/ports.ts';
import { type DevicePaceLimits, devicePace } from '../ingress/device-pace.ts';
import type { SerialLink, SerialLinkPorts } from '../ingress/serial/serial-link.ts';
import { openUplink, type Uplink, type UplinkOptions } from './uplink.ts';

export interface RelaySeatPorts {
  clock: Clock;
  scheduler: Scheduler;
  log: Log;
}

/** From here on the port is not read until the gateway has acknowledged some. */
const MANY_IN_FLIGHT = 64;
/** One piece of a port may hold more frames than that; beyond this they are left with the device. */
const MAX_IN_FLIGHT = 1_024;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
const PACE: DevicePaceLimits = {
  ...{ messagesPerSecond: 1_000, burstMessages: 4_000, bytesPerSecond: 2 ** 20, burstBytes: 8 * 2 ** 20 },
};

/**
 * A device behind a port, and its connection to the gateway: it is made when the device calls, so that the device is let in after it
 * (POU-SERIAL-8), and ends with the device. Nothing is kept: a frame without its acknowledgement is with the device.
 */
export class RelaySeat implements SerialLinkPorts {
  link: SerialLink | null = null;
  relayed = 0;
  leftWithDevice = 0;
  inFlight = 0;
  readonly monotonicMs;
  readonly after;
  readonly pace = devicePace(PACE);
  readonly counts: Record<string, number> = {};
  private readonly options: UplinkOptions;
  private readonly log: Log;
  private uplink: Uplink | null = null;
  private closing: Promise<void> = Promise.resolve();
  private isUsed = false;
  /** The gateway's last word about this device; told when it calls, and asked again after that. */
  private refusal: HangUp | null = null;
  private retryMs = FIRST_RETRY_MS;
  private notBeforeMs = 0;
  private told: string | null = null;

  constructor(options: UplinkOptions, { clock, scheduler, log }: RelaySeatPorts) {
    this.options = options;
    this.log = log;
    this.monotonicMs = clock.monotonicMs;
    this.after = scheduler.after;
  }

  state(): 'up' | 'connecting' | 'away' {
    if (this.uplink === null) return 'away';
    return this.uplink.isUp() ? 'up' : 'connecting';
  }

  called(): 'in' | HangUp | null {
    // A device that calls again has begun anew, and so does its connection: the gateway takes a hello for no older than that.
    if (this.uplink !== null && this.isUsed) this.drop();
    if (this.uplink?.isUp()) return 'in';
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) return refusal;
    if (this.uplink === null && this.monotonicMs() >= this.notBeforeMs) this.connect();
    // It calls again until the gateway is there.
    return null;
  }

  frame(frame: Uint8Array, checksum: number): number {
    const { uplink, link } = this;
    if (link === null || !uplink?.isUp() || this.inFlight >= MAX_IN_FLIGHT) {
      this.leftWithDevice += 1;
      return 1;
    }
    this.isUsed = true;
    this.setInFlight(this.inFlight + 1);
    uplink.publish(frame, () => {
      if (this.uplink !== uplink) return;
      this.setInFlight(this.inFlight - 1);
      this.relayed += 1;
      link.ack(checksum);
      link.flush();
    });
    return 1;
  }

  paused(): void {}
  acked(): void {}

  refused(reason: string): void {
    countBy(this.counts, reason);
  }

  /** The port is gone, or the relay ends. */
  leave(): Promise<void> {
    this.link = null;
    this.drop();
    return this.closing;
  }

  private connect(): void {
    const uplink = openUplink(this.options, {
      up: () => this.cameUp(),
      down: (problem, isRefused) => {
        if (this.uplink === uplink) this.wentDown(problem, isRefused);
      },
      message: (bytes) => void this.link?.send(bytes),
    });
    this.uplink = uplink;
  }

  private cameUp(): void {
    const { tenant, device } = this.options;
    this.log.info('relay.connected', { tenant, device });
    this.retryMs = FIRST_RETRY_MS;
    this.told = null;
  }

  private wentDown(problem: string, isRefused: boolean): void {
    const { tenant, device } = this.options;
    this.forget();
    this.notBeforeMs = this.monotonicMs() + Math.random() * this.retryMs;
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
    const event = isRefused ? 'relay.refused' : 'relay.gateway-away';
    // Once, however long the gateway is away.
    if (this.told !== event) this.log.warn(event, { tenant, device, problem });
    this.told = event;
    if (isRefused) this.refusal = { cause: 'refused', detail: problem };
    if (this.link?.isOpen()) this.link.hangUp({ cause: 'closed', detail: 'the gateway is away' });
  }

  private drop(): void {
    const { uplink } = this;
    this.forget();
    if (uplink !== null) this.closing = uplink.close();
  }

  private forget(): void {
    this.uplink = null;
    this.isUsed = false;
    this.leftWithDevice += this.inFlight;
    this.setInFlight(0);
  }

  private setInFlight(count: number): void {
    this.inFlight = count;
    if (count >= MANY_IN_FLIGHT) this.link?.setPressure(true);
    else if (count <= MANY_IN_FLIGHT / 2) this.link?.setPressure(false);
  }
}
