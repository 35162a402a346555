import { createHash } from 'node:crypto';
import type { DeviceOptions } from '@usewire/device-sdk/core';
import type { Link, Traffic } from '../device/link.ts';
import type { DeviceSpec, DeviceStorage } from '../device/spec.ts';
import { VirtualDevice } from '../device/virtual-device.ts';
import { type FaultRates, planFaults } from '../faults/plan.ts';
import { HOUR } from '../people/calendar.ts';
import { streamsOf } from '../random/stream.ts';
import { judge, type Verdict } from '../verdict/judge.ts';
import type { Arrived, Truth } from '../verdict/truth.ts';
import { memoryDeviceStorage } from './device-storage.ts';
import { durationMs } from './duration.ts';
import { fleet, productsNamed, UsageError } from './fleet.ts';
import { memoryLink } from './memory-link.ts';
import { createScriptedGateway, type ScriptedGateway } from './scripted-gateway.ts';

export interface SimulateOptions {
  /** Same seed, same bytes. Default 1. */
  seed?: number | string;
  devices: number;
  /** Names of products; devices take them in turn. Default bed, car, wearable, appliance. */
  products?: readonly string[];
  /** Days for which faults are planned. Default 7. */
  days?: number;
  /** Unix ms at which the world begins. Default 2026-03-02 12:00 UTC, a Monday. */
  startMs?: number;
  tenant?: string;
  /** 'memory': a gateway in this process. Else: makes a device's link to a real one. Default 'memory'. */
  transport?: 'memory' | ((spec: DeviceSpec) => Link);
  /** Faults per device and day, by kind. Default none. */
  faults?: FaultRates;
  /** Options of the device SDK. */
  sdk?: DeviceOptions;
  /** Takes every line of truth; the world then keeps none, and gives no verdict. */
  keepTruth?: (line: Truth) => void;
  /** Where a device keeps what it has. Default: in memory. */
  storage?: (spec: DeviceSpec) => DeviceStorage;
}

/** Figures of a run; the hashes are the same for the same seed on any machine. */
export interface WorldReport extends Traffic {
  seed: number | string;
  devices: number;
  recordsAccepted: number;
  /** Records that were acknowledged, and sum of the losses that the SDKs told. */
  recordsAcked: number;
  gaps: number;
  /** Messages that could not be delivered. */
  undelivered: number;
  /** SHA-256 over what every device truly did, in order of devices. */
  eventsHash: string;
  /** SHA-256 over every frame that every device sent. */
  framesHash: string;
}

export interface World {
  /** Virtual Unix ms. */
  now(): number;
  /** Lets time pass: '8h', '15m' or ms. It stands still while anything real is under way. */
  advance(duration: number | string): Promise<void>;
  /** Advances in steps of a minute until it is true; rejects after `limit` of virtual time (default '7d'). */
  until(condition: (world: World) => boolean, limit?: number | string): Promise<void>;
  /** People stop, every device sends what it has, and shuts down in order. The end of a run, before its verdict. */
  drain(): Promise<void>;
  /** Records at the gateway in this process. */
  received(): readonly Arrived[];
  /** What every device truly did. */
  truth(): readonly Truth[];
  /** Of what arrived here, or of what you fetched from a real gateway. Ask after `drain()`. */
  verdict(arrived?: Iterable<Arrived>): Verdict;
  report(): WorldReport;
  /** Boots and faults, in order of time. */
  log(): readonly string[];
  readonly devices: readonly VirtualDevice[];
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A Monday, noon UTC. */
const START_MS = Date.UTC(2026, 2, 2, 12);
const DEFAULT_PRODUCTS = ['bed', 'car', 'wearable', 'appliance'];
/** Longest virtual time that a device may take to get rid of what it has. */
const DRAIN_MS = 2 * HOUR;
const MINUTE_MS = 60_000;

/** A world of people and their devices, running the real device SDK. Nothing happens until time is advanced. */
export function simulate(options: SimulateOptions): World {
  return new SimulatedWorld(options);
}

class SimulatedWorld implements World {
  readonly devices: readonly VirtualDevice[];
  private readonly seed: number | string;
  private readonly gateway: ScriptedGateway | null;
  private readonly lines: Truth[] = [];
  private readonly notes: { atMs: number; text: string }[] = [];
  private nowMs: number;
  private ended = false;

  constructor(options: SimulateOptions) {
    if (!(Number.isInteger(options.devices) && options.devices > 0)) {
      throw new UsageError(`devices is ${options.devices}; it must be a whole number from 1`);
    }
    this.seed = options.seed ?? 1;
    this.nowMs = options.startMs ?? START_MS;
    const products = productsNamed(options.products ?? DEFAULT_PRODUCTS);
    const tenant = options.tenant ?? 'home';
    const inMemory = options.transport === undefined || options.transport === 'memory';
    this.gateway = inMemory ? createScriptedGateway(products.map((one) => one.model)) : null;
    const specs = fleet({ seed: this.seed, devices: options.devices, products, tenant });
    this.devices = specs.map((spec) => this.deviceOf(spec, options));
  }

  now(): number {
    return this.nowMs;
  }

  async advance(duration: number | string): Promise<void> {
    const toMs = this.nowMs + durationMs(duration);
    await Promise.all(this.devices.map((device) => device.runUntil(toMs)));
    this.nowMs = toMs;
  }

  async until(condition: (world: World) => boolean, limit: number | string = '7d'): Promise<void> {
    const endMs = this.nowMs + durationMs(limit);
    while (!condition(this)) {
      if (this.nowMs >= endMs) throw new Error(`it did not become true within ${limit} of virtual time`);
      await this.advance(MINUTE_MS);
    }
  }

  async drain(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await Promise.all(this.devices.map((device) => device.drain(DRAIN_MS)));
  }

  received(): readonly Arrived[] {
    if (this.gateway === null) throw new UsageError('records went to a real gateway; ask it for them');
    return this.gateway.records();
  }

  truth(): readonly Truth[] {
    return [...this.lines, ...this.devices.flatMap((device) => device.truth.open())];
  }

  verdict(arrived: Iterable<Arrived> = this.received()): Verdict {
    return judge(this.truth(), arrived);
  }

  report(): WorldReport {
    const total = (pick: (traffic: Traffic) => number): number =>
      this.devices.reduce((sum, device) => sum + pick(device.traffic()), 0);
    const outcomes = this.devices.map((device) => device.outcome());
    return {
      seed: this.seed,
      devices: this.devices.length,
      recordsAccepted: outcomes.reduce((sum, one) => sum + one.accepted, 0),
      recordsAcked: outcomes.reduce((sum, one) => sum + one.acked, 0),
      gaps: outcomes.reduce((sum, one) => sum + one.lost, 0),
      undelivered: outcomes.reduce((sum, one) => sum + one.waiting, 0),
      messages: total((one) => one.messages),
      acked: total((one) => one.acked),
      bytesOnWire: total((one) => one.bytesOnWire),
      payloadBytes: total((one) => one.payloadBytes),
      eventsHash: joined(this.devices.map((device) => device.truth.hash())),
      framesHash: joined(this.devices.map((device) => device.framesHash())),
    };
  }

  log(): readonly string[] {
    const ordered = [...this.notes].sort((a, b) => a.atMs - b.atMs);
    return ordered.map((note) => `${new Date(note.atMs).toISOString()} ${note.text}`);
  }

  async close(): Promise<void> {
    this.ended = true;
    await Promise.all(this.devices.map((device) => device.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private deviceOf(spec: DeviceSpec, options: SimulateOptions): VirtualDevice {
    const rates = options.faults ?? {};
    const startMs = this.nowMs;
    return new VirtualDevice(spec, {
      seed: this.seed,
      startMs,
      storage: options.storage?.(spec) ?? memoryDeviceStorage(streamsOf(this.seed, spec.name)('storage')),
      sdk: options.sdk ?? {},
      faults: planFaults(rates, streamsOf(this.seed, spec.name), startMs, options.days ?? 7),
      keepTruth: options.keepTruth ?? ((line) => this.lines.push(line)),
      note: (atMs, text) => this.notes.push({ atMs, text: `${spec.name} ${text}` }),
      link: (nowMs, later) => {
        const { tenant, name } = spec;
        if (this.gateway === null) return (options.transport as (spec: DeviceSpec) => Link)(spec);
        return memoryLink({ gateway: this.gateway, tenant, device: name, nowMs, later });
      },
    });
  }
}

function joined(hashes: readonly string[]): string {
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}
