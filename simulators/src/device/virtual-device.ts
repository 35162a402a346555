import { type Model, type ModelTable, modelTable } from '@usewire/protocol/model';
import type { Action } from '../behaviour/action.ts';
import type { DeviceStrike } from '../faults/device/index.ts';
import { type FaultyLink, faultyLink } from '../faults/faulty-link.ts';
import { type Streams, streamsOf } from '../random/stream.ts';
import { createAgenda } from './agenda.ts';
import { createDeviceClock } from './device-clock.ts';
import { type MeteredLink, meteredLink } from './frame-meter.ts';
import type { Traffic } from './link.ts';
import { added, nothing, type Outcome, SdkBoot } from './sdk-boot.ts';
import type { DeviceSpec, VirtualDeviceOptions } from './spec.ts';
import { createTruthLog, type TruthLog } from './truth-log.ts';
import { createUsage, type Usage } from './usage.ts';

type Due =
  | { action: Action; index: number }
  | { fault: DeviceStrike }
  | { struck: () => void }
  | { run: () => void };

const NEVER = Number.POSITIVE_INFINITY;

const tables = new WeakMap<Model, ModelTable>();

/** One for all devices of a product. */
function tableOf(model: Model): ModelTable {
  const table = tables.get(model) ?? modelTable(model);
  tables.set(model, table);
  return table;
}

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
  private readonly usage: Usage;
  private readonly agenda = createAgenda<Due>();
  private readonly clock = createDeviceClock();
  private readonly meter: MeteredLink;
  private readonly link: FaultyLink;
  private sdk: SdkBoot | null = null;
  private nowMs: number;
  private boots = 0;
  private tickAtMs = NEVER;
  /** Switched off, and will come back. */
  private isDown = true;
  private isRetired = false;
  private drainMs = 0;
  /** Of the boots that are over. */
  private past: Outcome = nothing;

  constructor(spec: DeviceSpec, options: VirtualDeviceOptions) {
    this.spec = spec;
    this.options = options;
    this.nowMs = options.startMs;
    this.table = tableOf(spec.product.model);
    this.streams = streamsOf(options.seed, spec.name);
    this.truth = createTruthLog((line) => options.keepTruth(line));
    const inner = options.link(
      () => this.nowMs,
      (atMs, run) => this.agenda.plan(atMs, { run }),
    );
    this.meter = meteredLink(inner, spec.tenant, spec.name);
    this.link = faultyLink(this.meter, (run) => this.agenda.plan(this.nowMs, { run }));
    for (const { atMs, fault } of options.faults) this.agenda.plan(atMs, { fault });
    this.agenda.plan(options.startMs, { run: () => this.boot() });
    const { startMs, bornMs = startMs } = options;
    const behaviour = spec.product.start(spec.setting, this.streams, bornMs);
    this.usage = createUsage(behaviour, { bornMs, startMs }, (atMs, action, index) =>
      this.agenda.plan(atMs, { action, index }),
    );
  }

  /** Its true time, Unix ms. */
  now(): number {
    return this.nowMs;
  }

  /** When it wants to be called next; Infinity for never. */
  nextDueMs(): number {
    return Math.min(this.agenda.nextMs(), this.usage.nextMs(), this.tickAtMs);
  }

  /** True while something real is under way: its clock must stand still then. */
  busy(): boolean {
    return this.link.busy() || this.options.storage.busy();
  }

  /** Does everything that is due at `nowMs`, which never goes back. */
  runDue(nowMs: number): void {
    this.nowMs = nowMs;
    while (this.agenda.nextMs() <= nowMs) this.doDue(this.agenda.take());
    if (this.usage.nextMs() <= nowMs) this.usage.step(nowMs);
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

  /** No connection is answered until `release()`. */
  hold(): void {
    this.link.hold();
  }

  release(): void {
    this.link.release();
  }

  /** Everything that waits becomes messages. */
  flush(): void {
    this.sdk?.flush();
  }

  /**
   * Nobody uses it any more: it sends what it has and shuts down in order. `stopped()` tells when that is done.
   * `atMs`: the time it is then; what its people would have done until then is left out.
   */
  retire(drainMs: number, atMs = this.nowMs): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    this.isRetired = true;
    this.usage.end();
    this.link.mend();
    this.drainMs = drainMs;
    if (this.sdk !== null) this.stopSdk(this.sdk);
  }

  stopped(): boolean {
    return this.isRetired && this.sdk === null && !this.isDown;
  }

  /** Retires it in virtual time. */
  async drain(drainMs: number): Promise<void> {
    this.retire(drainMs);
    while (!this.stopped()) {
      if (this.busy()) await this.settled();
      const dueMs = this.nextDueMs();
      if (dueMs === NEVER) throw new Error(`${this.spec.name} waits for nothing`);
      this.runDue(Math.max(this.nowMs, dueMs));
    }
  }

  /** Drops the link, closes the storage and does nothing any more. */
  async close(): Promise<void> {
    this.isRetired = true;
    this.sdk = null;
    this.isDown = false;
    this.link.vanish();
    this.agenda.clear();
    this.usage.end();
    this.tickAtMs = NEVER;
    await this.link.closed();
    this.options.storage.close();
  }

  /** Over all boots; `waiting` and `problem` as they are now. */
  outcome(): Outcome {
    if (this.sdk === null) return this.past;
    return added(this.past, this.sdk.outcome());
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

  private async settled(): Promise<void> {
    while (this.busy()) {
      if (this.link.busy()) await this.link.settled();
      else await this.options.storage.settled();
    }
  }

  private doDue(due: Due): void {
    if ('run' in due) due.run();
    else if (this.isRetired) return;
    else if ('fault' in due) this.strike(due.fault);
    else if ('struck' in due) due.struck();
    else this.act(due.action, due.index);
  }

  private act(action: Action, index: number): void {
    this.sdk?.perform(action, this.nowMs, index);
    this.usage.goOn(action, index);
  }

  private tick(): void {
    this.tickAtMs = NEVER;
    if (this.sdk === null) return;
    const delayMs = this.sdk.tick();
    this.tickAtMs = Math.min(this.tickAtMs, this.nowMs + delayMs);
  }

  private wake(): void {
    this.tickAtMs = Math.min(this.tickAtMs, this.nowMs);
    this.options.onWake?.();
  }

  private boot(): void {
    const { options, spec } = this;
    const bootedAtMs = this.nowMs;
    this.isDown = false;
    this.boots += 1;
    this.sdk = new SdkBoot({
      spec,
      table: this.table,
      truth: this.truth,
      sdk: options.sdk,
      storage: options.storage.port,
      losesPower: options.faults.some((one) => one.fault.cutsPower),
      transport: this.link,
      // With the begin of the world, so that tomorrow's run does not take the name of today's boot.
      random: this.streams(`sdk/${options.startMs}/${this.boots}`),
      uptimeMs: () => this.nowMs - bootedAtMs,
      wall: () => this.clock.wall(this.nowMs),
      wake: () => this.wake(),
    });
    options.note(this.nowMs, `boot ${this.sdk.key}`);
    if (this.isRetired) this.stopSdk(this.sdk);
    this.wake();
  }

  private stopSdk(sdk: SdkBoot): void {
    // After the tick that tells it.
    sdk.stop(this.drainMs, () => this.agenda.plan(this.nowMs, { run: () => this.end(false) }));
    this.wake();
  }

  /** Ends this boot. */
  private end(byPower: boolean): void {
    if (this.sdk !== null) this.past = added(this.past, this.sdk.end(byPower));
    this.sdk = null;
    this.link.vanish();
    this.tickAtMs = NEVER;
  }

  private strike(fault: DeviceStrike): void {
    this.options.note(this.nowMs, `fault ${JSON.stringify({ kind: fault.kind, ...fault.how })}`);
    fault.strike({
      link: this.link,
      clock: this.clock,
      storage: this.options.storage.port,
      later: (afterMs, what) => this.agenda.plan(this.nowMs + afterMs, { struck: what }),
      cutPower: (downMs) => this.cutPower(downMs),
    });
  }

  /** Power gone in the middle of everything; it comes back later, and the SDK starts from what is in the storage. */
  private cutPower(downMs: number): void {
    if (this.sdk === null) return;
    this.end(true);
    this.options.storage.cutPower();
    this.isDown = true;
    this.agenda.plan(this.nowMs + downMs, { run: () => this.boot() });
  }
}
