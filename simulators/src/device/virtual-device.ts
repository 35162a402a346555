import {
  createDevice,
  type Device,
  type DeviceOptions,
  type StoragePort,
  type WallTime,
} from '@usewire/device-sdk/core';
import { type Model, type ModelTable, modelTable } from '@usewire/protocol/model';
import type { Action } from '../behaviour/action.ts';
import type { RunningBehaviour, Setting } from '../behaviour/behaviour.ts';
import { type FaultyLink, faultyLink } from '../faults/faulty-link.ts';
import type { Fault, PlannedFault } from '../faults/plan.ts';
import type { SimulatedProduct } from '../products/index.ts';
import { type Streams, streamsOf } from '../random/stream.ts';
import type { Truth } from '../verdict/truth.ts';
import { createAgenda } from './agenda.ts';
import { type MeteredLink, meteredLink } from './frame-meter.ts';
import type { Link, Traffic } from './link.ts';
import { createPerformer, type LooseRecorders, type Performer } from './perform.ts';
import { createTruthLog, type TruthLog } from './truth-log.ts';

/** One device of a fleet: what it is, and whose. */
export interface DeviceSpec {
  tenant: string;
  name: string;
  product: SimulatedProduct;
  setting: Setting;
}

/** Storage that can lose its power. */
export interface DeviceStorage {
  port: StoragePort;
  /** Everything that is not durable is gone. */
  cutPower(): void;
  busy(): boolean;
  settled(): Promise<void>;
  close(): void;
}

export interface VirtualDeviceOptions {
  seed: number | string;
  startMs: number;
  storage: DeviceStorage;
  /** Made once; `nowMs` is the device's true time. */
  link(nowMs: () => number, later: (atMs: number, what: () => void) => void): Link;
  sdk: DeviceOptions;
  faults: readonly PlannedFault[];
  keepTruth(line: Truth): void;
  /** Something outside of virtual time made it due now; for those who drive it by real time. */
  onWake?(): void;
  /** A fault struck, a boot began: for the log. */
  note(atMs: number, text: string): void;
}

/** Reset causes of POU 1: power on, power lost. */
const RESET_POWER_ON = 1;

/** The SDK's device for any model: behaviours were held to their own where they were written. */
type Sdk = Device<Model>;

function outcomeOf(device: Sdk): { acked: number; lost: number; waiting: number } {
  const { acked, drops, messages } = device.status();
  const lost = Object.values(drops).reduce((sum, count) => sum + count, 0);
  return { acked, lost, waiting: messages.waiting };
}

type Due = { action: Action; index: number } | { fault: Fault } | { run: () => void };

/**
 * The real device SDK on a clock that is told what time it is, a storage that can lose its power and a link that can fail,
 * used by the people of one household. It does nothing by itself: `runDue` does what is due.
 */
export class VirtualDevice {
  readonly spec: DeviceSpec;
  readonly truth: TruthLog;
  private readonly options: VirtualDeviceOptions;
  private readonly table: ModelTable;
  private readonly streams: Streams;
  private readonly behaviour: RunningBehaviour;
  private readonly agenda = createAgenda<Due>();
  private readonly meter: MeteredLink;
  private readonly link: FaultyLink;
  private device: Sdk | null = null;
  private performer: Performer | null = null;
  private nowMs: number;
  private bootedAtMs = 0;
  private bootKey = '';
  private boots = 0;
  private stepAtMs: number;
  private tickAtMs = Number.POSITIVE_INFINITY;
  private skewMs = 0;
  private clock: 'synced' | 'free' | 'none' = 'synced';
  /** Accepted when the last completed sync began: all of that is durable. */
  private durableAccepted = 0;
  private hasSynced = false;
  private readonly losesPower: boolean;
  private isDown = true;
  private isRetired = false;
  private drainMs = 0;
  private readonly figures = { accepted: 0, acked: 0, lost: 0, waiting: 0, problem: '' };

  constructor(spec: DeviceSpec, options: VirtualDeviceOptions) {
    this.spec = spec;
    this.options = options;
    this.nowMs = options.startMs;
    this.table = modelTable(spec.product.model);
    this.streams = streamsOf(options.seed, spec.name);
    this.behaviour = spec.product.start(spec.setting, this.streams, options.startMs);
    this.truth = createTruthLog((line) => options.keepTruth(line));
    const inner = options.link(
      () => this.nowMs,
      (atMs, run) => this.agenda.plan(atMs, { run }),
    );
    this.meter = meteredLink(inner, spec.tenant, spec.name);
    this.link = faultyLink(this.meter, (run) => this.agenda.plan(this.nowMs, { run }));
    this.stepAtMs = options.startMs;
    this.losesPower = options.faults.some((one) => one.fault.kind === 'reboot');
    for (const { atMs, fault } of options.faults) this.agenda.plan(atMs, { fault });
    this.agenda.plan(options.startMs, { run: () => this.boot() });
  }

  /** When it wants to be called next; Infinity for never. */
  nextDueMs(): number {
    return Math.min(this.agenda.nextMs(), this.stepAtMs, this.tickAtMs);
  }

  /** True while something real is under way: its clock must stand still then. */
  busy(): boolean {
    return this.link.busy() || this.options.storage.busy();
  }

  async settled(): Promise<void> {
    while (this.busy()) {
      if (this.link.busy()) await this.link.settled();
      else await this.options.storage.settled();
    }
  }

  /** Does everything that is due at `nowMs`, which never goes back. */
  runDue(nowMs: number): void {
    this.nowMs = nowMs;
    while (this.agenda.nextMs() <= nowMs) this.doDue(this.agenda.take());
    if (this.stepAtMs <= nowMs) this.step();
    while (this.agenda.nextMs() <= nowMs) this.doDue(this.agenda.take());
    if (this.tickAtMs <= nowMs) this.tick();
  }

  /** Runs in virtual time up to `toMs`; the clock advances only when nothing is under way. */
  async runUntil(toMs: number): Promise<void> {
    for (;;) {
      if (this.busy()) await this.settled();
      const dueMs = this.nextDueMs();
      if (dueMs > toMs) break;
      this.runDue(Math.max(dueMs, this.nowMs));
    }
    this.nowMs = Math.max(this.nowMs, toMs);
  }

  /** Nobody uses it any more: it sends what it has and shuts down in order. `stopped()` tells when that is done. */
  retire(drainMs: number): void {
    this.isRetired = true;
    this.stepAtMs = Number.POSITIVE_INFINITY;
    this.link.restore();
    this.drainMs = drainMs;
    if (this.device !== null) this.stopSdk(this.device);
  }

  stopped(): boolean {
    return this.isRetired && this.device === null && !this.isDown;
  }

  /** Retires it in virtual time. */
  async drain(drainMs: number): Promise<void> {
    this.retire(drainMs);
    while (!this.stopped()) {
      if (this.busy()) await this.settled();
      const dueMs = this.nextDueMs();
      if (dueMs === Number.POSITIVE_INFINITY) throw new Error(`${this.spec.name} waits for nothing`);
      this.runDue(Math.max(this.nowMs, dueMs));
    }
  }

  /** Drops the link, closes the storage and does nothing any more. */
  async close(): Promise<void> {
    this.isRetired = true;
    this.device = null;
    this.isDown = false;
    this.link.vanish();
    this.agenda.clear();
    this.stepAtMs = Number.POSITIVE_INFINITY;
    this.tickAtMs = Number.POSITIVE_INFINITY;
    await this.link.closed();
    this.options.storage.close();
  }

  /** Records that the SDK accepted, over all boots. */
  accepted(): number {
    return this.figures.accepted + (this.device?.status().accepted ?? 0);
  }

  /** Over all boots: records acknowledged, records lost and told; and messages that still wait. */
  outcome(): { acked: number; lost: number; waiting: number } {
    const { acked, lost, waiting } = this.figures;
    if (this.device === null) return { acked, lost, waiting };
    const now = outcomeOf(this.device);
    return { acked: acked + now.acked, lost: lost + now.lost, waiting: now.waiting };
  }

  /** True once it had a link. */
  hasConnected(): boolean {
    return this.link.hasConnected();
  }

  /** SHA-256 over every frame that it sent. */
  framesHash(): string {
    return this.meter.frameHash();
  }

  /** What went over its link. */
  traffic(): Traffic {
    return this.meter.traffic();
  }

  /** Why the link was lost or a message refused, last; '' when nothing was. */
  lastProblem(): string {
    return this.device?.status().lastProblem ?? this.figures.problem;
  }

  private doDue(due: Due): void {
    if ('run' in due) due.run();
    else if (this.isRetired) return;
    else if ('fault' in due) this.strike(due.fault);
    else this.act(due.action, due.index);
  }

  private act(action: Action, index: number): void {
    this.performer?.perform(action, this.nowMs, index);
    if (action.do !== 'samples' || index + 1 >= action.values.length) return;
    this.agenda.plan(action.atMs + (index + 1) * action.periodMs, { action, index: index + 1 });
  }

  private step(): void {
    const { actions, nextAtMs } = this.behaviour.step(this.nowMs);
    for (const action of actions) this.agenda.plan(action.atMs, { action, index: 0 });
    this.stepAtMs = nextAtMs;
  }

  private tick(): void {
    this.tickAtMs = Number.POSITIVE_INFINITY;
    if (this.device === null) return;
    const delayMs = this.device.tick();
    this.tickAtMs = Math.min(this.tickAtMs, this.nowMs + Math.max(0, delayMs));
    this.noteDurable();
  }

  /** All that was accepted before a sync that is done is durable. */
  private noteDurable(): void {
    if (!this.hasSynced || this.device === null) return;
    this.hasSynced = false;
    this.durableAccepted = this.device.status().accepted;
  }

  private stopSdk(device: Sdk): void {
    device.stop(this.drainMs, () => {
      // After the tick that this is called from.
      this.agenda.plan(this.nowMs, { run: () => this.end() });
    });
    this.wake();
  }

  private end(): void {
    this.closeBoot(0);
    this.link.vanish();
    this.tickAtMs = Number.POSITIVE_INFINITY;
  }

  private wake(): void {
    this.tickAtMs = Math.min(this.tickAtMs, this.nowMs);
    this.options.onWake?.();
  }

  private boot(): void {
    this.isDown = false;
    this.boots += 1;
    this.bootedAtMs = this.nowMs;
    this.durableAccepted = 0;
    this.hasSynced = false;
    const device = this.createSdk();
    this.device = device;
    this.bootKey = device.status().boot;
    this.performer = createPerformer({
      table: this.table,
      tenant: this.spec.tenant,
      device: this.spec.name,
      recorders: device.points as LooseRecorders,
      boot: () => this.bootKey,
      uptimeMs: () => this.nowMs - this.bootedAtMs,
      truth: this.truth,
    });
    this.consent(device);
    this.options.note(this.nowMs, `boot ${this.bootKey}`);
    if (this.isRetired) this.stopSdk(device);
    this.wake();
  }

  private createSdk(): Sdk {
    // With the begin of the world, so that tomorrow's run does not take the name of today's boot.
    const random = this.streams(`sdk/${this.options.startMs}/${this.boots}`);
    return createDevice({
      model: this.spec.product.model,
      ports: {
        clock: { uptimeMs: () => this.nowMs - this.bootedAtMs, wall: () => this.wall() },
        storage: this.watched(this.options.storage.port),
        transport: this.link,
        random: {
          next: random.next,
          fill(bytes) {
            for (let i = 0; i < bytes.length; i++) bytes[i] = random.int(0, 255);
          },
        },
        wake: () => this.wake(),
      },
      options: {
        software: 'simulator',
        hardware: this.spec.product.name,
        resetCause: RESET_POWER_ON,
        ...this.options.sdk,
      },
    });
  }

  /** Everybody in the household agrees to everything; asked again only when the device has forgotten it. */
  private consent(device: Sdk): void {
    for (const subject of [undefined, ...this.table.subjects]) {
      const choices: Record<string, boolean> = {};
      for (const { name, needsConsent } of this.table.purposes) {
        if (needsConsent && !device.consent.isGranted(name, subject)) choices[name] = true;
      }
      if (Object.keys(choices).length > 0) device.consent.set(choices, { notice: 'simulated', subject });
    }
  }

  private wall(): WallTime | null {
    if (this.clock === 'none') return null;
    const unixMs = this.nowMs + this.skewMs;
    return this.clock === 'free' ? { unixMs, quality: 1 } : { unixMs, quality: 3, boundMs: CLOCK_BOUND_MS };
  }

  /** The storage, watched for syncs where it matters: what is not durable is at risk when the power is cut. */
  private watched(port: StoragePort): StoragePort {
    if (!this.losesPower) return port;
    const boot = this.boots;
    const sync: StoragePort['sync'] = (done) => {
      port.sync((ok) => {
        if (boot !== this.boots) return;
        this.hasSynced = ok;
        done(ok);
      });
    };
    return { ...port, sync };
  }

  private closeBoot(atRisk: number): void {
    if (this.device === null) return;
    this.truth.close();
    const { tenant, name } = this.spec;
    const { accepted, lastProblem } = this.device.status();
    const { acked, lost, waiting } = outcomeOf(this.device);
    this.truth.add({ kind: 'account', tenant, device: name, boot: this.bootKey, accepted, atRisk });
    this.figures.accepted += accepted;
    this.figures.acked += acked;
    this.figures.lost += lost;
    this.figures.waiting = waiting;
    this.figures.problem = lastProblem;
    this.device = null;
    this.performer = null;
  }

  private strike(fault: Fault): void {
    this.options.note(this.nowMs, `fault ${JSON.stringify(fault)}`);
    switch (fault.kind) {
      case 'clockOff':
        this.clock = 'free';
        this.skewMs = fault.byMs;
        return;
      case 'noClock':
        this.clock = 'none';
        return;
      case 'offline':
        this.link.cut();
        this.agenda.plan(this.nowMs + fault.forMs, { run: () => this.link.restore() });
        return;
      case 'reboot':
        this.cutPower(fault.downMs);
        return;
      default:
        this.link.strike(fault.kind);
    }
  }

  /** Power gone in the middle of everything; it comes back later, and the SDK starts from what is in the storage. */
  private cutPower(downMs: number): void {
    if (this.device === null) return;
    const { accepted } = this.device.status();
    this.closeBoot(accepted - this.durableAccepted);
    this.link.vanish();
    this.options.storage.cutPower();
    this.tickAtMs = Number.POSITIVE_INFINITY;
    this.isDown = true;
    this.agenda.plan(this.nowMs + downMs, { run: () => this.boot() });
  }
}

/** What a device's synced clock promises. */
const CLOCK_BOUND_MS = 100;
