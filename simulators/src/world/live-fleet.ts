import type { DeviceOptions } from '@usewire/device-sdk/core';
import type { Link } from '../device/link.ts';
import type { DeviceSpec, DeviceStorage } from '../device/spec.ts';
import { VirtualDevice } from '../device/virtual-device.ts';
import { streamsOf } from '../random/stream.ts';
import type { Truth } from '../verdict/truth.ts';
import { catchUp } from './catch-up.ts';
import { memoryDeviceStorage } from './device-storage.ts';
import { fleet, productsNamed } from './fleet.ts';
import { type Life, type Lives, resume } from './lives.ts';

export interface LiveFleetOptions {
  seed: number | string;
  devices: number;
  products: readonly string[];
  tenant: string;
  sdk: DeviceOptions;
  link: (spec: DeviceSpec) => Link;
  /** Default: in memory. */
  storage?: (spec: DeviceSpec) => DeviceStorage;
  /** Longest time before now that a device lives through at full speed, without a link, before it goes on in real time. Default 0. */
  catchUpMs?: number;
  /** Where earlier starts ended. Default: every device is new. */
  lives?: Lives;
  /** In real time, everything that waits is sent this often, whatever the SDK's intervals. Default: as the SDK will. */
  flushEveryMs?: number;
  keepTruth(line: Truth): void;
  note(text: string): void;
}

export interface LiveFleet {
  /** Resolves when every device lives in real time. */
  readonly caughtUp: Promise<void>;
  /** Lets every device hand over what it has, for at most `drainMs`, and closes everything. */
  stop(drainMs: number): Promise<void>;
  result(): { devices: number; recordsAccepted: number; acked: number; gaps: number; waiting: number };
}

/** Never further apart, so that a changed system clock or a suspended machine is noticed soon. */
const LONGEST_WAIT_MS = 1_000;
/** A start after a crash lives this long again at most. */
const KEEP_LIVES_EVERY_MS = 2_000;

/** A fleet in real time. It lives until it is stopped. */
export function createLiveFleet(options: LiveFleetOptions): LiveFleet {
  return new RunningFleet(options);
}

interface Member {
  spec: DeviceSpec;
  device: VirtualDevice;
  storage: DeviceStorage;
  bornMs: number;
  /** pending: not switched on; behind: lives at full speed; live: in real time. */
  phase: 'pending' | 'behind' | 'live';
}

/** One timer for all devices, set for whoever is due first. */
class RunningFleet implements LiveFleet {
  readonly caughtUp: Promise<void>;
  private readonly options: LiveFleetOptions;
  // Wall time that never steps: where the system clock is set back, people do not live the same hour twice.
  private readonly originMs = Date.now() - performance.now();
  private readonly members: readonly Member[];
  private timer: NodeJS.Timeout | undefined;
  private asked: NodeJS.Immediate | undefined;
  private readonly tasks: NodeJS.Timeout[] = [];
  private isStopping = false;
  private onStopped: (() => void) | undefined;

  constructor(options: LiveFleetOptions) {
    this.options = options;
    const { seed, devices, tenant, flushEveryMs, lives } = options;
    const specs = fleet({ seed, devices, products: productsNamed(options.products), tenant });
    this.members = specs.map((spec) => this.memberOf(spec));
    if (flushEveryMs !== undefined) this.every(flushEveryMs, () => this.flush());
    if (lives !== undefined) this.every(KEEP_LIVES_EVERY_MS, () => this.keepLives());
    this.caughtUp = this.catchUpAll();
    this.run();
  }

  async stop(drainMs: number): Promise<void> {
    this.isStopping = true;
    await this.caughtUp;
    this.keepLives();
    for (const task of this.tasks) clearInterval(task);
    const done = new Promise<void>((resolve) => {
      this.onStopped = resolve;
    });
    for (const member of this.members) {
      if (member.phase === 'pending') continue;
      this.goLive(member);
      member.device.retire(drainMs, this.nowMs());
    }
    this.poke();
    await done;
    clearTimeout(this.timer);
    clearImmediate(this.asked);
    await Promise.all(this.members.map(({ device }) => device.close()));
  }

  result(): ReturnType<LiveFleet['result']> {
    const outcomes = this.members.map(({ device }) => device.outcome());
    const sum = (pick: (one: (typeof outcomes)[number]) => number): number =>
      outcomes.reduce((total, one) => total + pick(one), 0);
    return {
      devices: outcomes.length,
      recordsAccepted: sum((one) => one.accepted),
      acked: sum((one) => one.acked),
      gaps: sum((one) => one.lost),
      waiting: sum((one) => one.waiting),
    };
  }

  private nowMs(): number {
    return Math.floor(this.originMs + performance.now());
  }

  private every(periodMs: number, what: () => void): void {
    this.tasks.push(setInterval(what, periodMs));
  }

  private readonly poke = (): void => {
    this.asked ??= setImmediate(() => this.run());
  };

  private run(): void {
    this.asked = undefined;
    clearTimeout(this.timer);
    const now = this.nowMs();
    const devices = this.inPhase('live').map(({ device }) => device);
    for (const device of devices) if (device.nextDueMs() <= now) device.runDue(now);
    if (this.onStopped !== undefined && devices.every((device) => device.stopped())) {
      this.onStopped();
      return;
    }
    const dueMs = Math.min(...devices.map((device) => device.nextDueMs()));
    this.timer = setTimeout(() => this.run(), Math.max(1, Math.min(LONGEST_WAIT_MS, dueMs - this.nowMs())));
  }

  private inPhase(phase: Member['phase']): Member[] {
    return this.members.filter((member) => member.phase === phase);
  }

  private flush(): void {
    for (const { device } of this.inPhase('live')) device.flush();
  }

  /** One after the other, so that the first ones are there soon. */
  private async catchUpAll(): Promise<void> {
    for (const member of this.members) {
      if (this.isStopping) return;
      const { device, storage } = member;
      member.phase = 'behind';
      device.hold();
      storage.defer(true);
      await catchUp(device, { nowMs: () => this.nowMs(), isOver: () => this.isStopping });
      if (!this.isStopping) this.goLive(member);
    }
  }

  private goLive(member: Member): void {
    if (member.phase === 'live') return;
    member.phase = 'live';
    member.storage.defer(false);
    member.device.release();
    // What was answered before it was done; with it, all is durable before anything is acknowledged.
    member.storage.port.sync(() => undefined);
    this.poke();
  }

  private keepLives(): void {
    const { lives, seed } = this.options;
    const now = this.nowMs();
    const reached = this.members.filter(({ phase }) => phase !== 'pending');
    const entries = reached.map(({ spec, device, bornMs, phase }): [string, Life] => [
      `${spec.tenant}.${spec.name}`,
      { seed: String(seed), bornMs, untilMs: phase === 'live' ? now : device.now() },
    ]);
    lives?.keep(new Map(entries));
  }

  private memberOf(spec: DeviceSpec): Member {
    const { options } = this;
    const seed = String(options.seed);
    const life = options.lives?.of(`${spec.tenant}.${spec.name}`);
    const { bornMs, startMs } = resume(life, {
      seed,
      nowMs: this.nowMs(),
      catchUpMs: options.catchUpMs ?? 0,
    });
    const storage = options.storage?.(spec) ?? memoryDeviceStorage(streamsOf(seed, spec.name)('storage'));
    const device = new VirtualDevice(spec, {
      // Another life is lived differently, whatever the seed.
      seed: `${seed}/${bornMs}`,
      startMs,
      bornMs,
      storage,
      sdk: options.sdk,
      faults: [],
      keepTruth: options.keepTruth,
      note: (_atMs, text) => options.note(`${spec.name} ${text}`),
      link: () => options.link(spec),
      // One that is behind does not wait for the timer.
      onWake: () => {
        if (member.phase === 'live') this.poke();
      },
    });
    const member: Member = { spec, device, storage, bornMs, phase: 'pending' };
    return member;
  }
}
