import { encodePacked, type Model } from '@usewire/protocol/model';
import { bootKey, nextBoot } from './boot.ts';
import { createClock } from './clock.ts';
import { type ConsentOptions, type ConsentResult, createConsent } from './consent.ts';
import { createFlusher } from './flusher.ts';
import type { Anchor } from './journal.ts';
import { createLink } from './link.ts';
import { causeNames } from './losses.ts';
import { createModels } from './models.ts';
import { type DeviceOptions, settingsFrom } from './options.ts';
import { createPoints } from './points.ts';
import type { LogLevel, Ports } from './ports.ts';
import { createRecorder } from './recorder.ts';
import type { DevicePoints } from './recorder-types.ts';
import { createSender } from './sender.ts';
import type { DeviceStatus } from './status.ts';
import { createStore, type Store } from './store.ts';

export interface DeviceConfig<M> {
  model: M;
  ports: Ports;
  options?: DeviceOptions;
}

export interface Consent<M extends Model> {
  /**
   * A person's choice, by purpose. Takes effect at once, is kept over restarts, raises the epoch and is told to the gateway before any
   * data it allows. Only purposes whose basis is consent can be chosen.
   */
  set(choices: { [P in keyof M['purposes']]?: boolean }, options: ConsentOptions): ConsentResult;
  isGranted(purpose: keyof M['purposes'], subject?: M['subjects'][number]): boolean;
  epoch(): number;
}

export interface Device<M extends Model> {
  points: DevicePoints<M>;
  consent: Consent<M>;
  /** Does what is due and returns in how many ms it wants to be called again (Infinity: not by itself). Never throws. */
  tick(): number;
  /** Makes messages of everything that waits. They are sent by the next ticks. */
  flush(): void;
  status(): DeviceStatus;
  /** Flushes, says bye when the link is open, closes. `done` is called when the outbox is empty or after `drainMs`. */
  stop(drainMs: number, done: () => void): void;
}

/** Loops of one tick: work that a port answers at once makes more work, and none of it may go on for ever. */
const maxRounds = 8;
const afterBugMs = 1000;

/**
 * A device. It owns no timer: `tick()` drives everything, and whoever calls it decides when.
 * Throws a `DeviceError` for options that cannot work; nothing it returns ever throws into the application.
 */
export function createDevice<M extends Model>(config: DeviceConfig<M>): Device<M> {
  const ports = config.ports;
  const settings = settingsFrom(config.options);
  const clock = createClock(ports.clock);
  const models = createModels(ports.storage, config.model);
  const table = models.table;
  const boot = nextBoot(ports.storage, ports.random);
  const nowMs = clock.uptimeMs;
  // Every batch a model can have open at once must fit the memory, and the part of the outbox that is for rows.
  const share =
    Math.min(settings.maxMemoryBytes / 16, settings.maxOutboxBytes / 16) / ((table.subjects.length + 1) * 3);
  const maxBatchBytes = Math.max(256, Math.min(settings.flushBytes * 4, share));
  let isDirty = true;
  let isTicking = false;
  let isStopped = false;
  let onDrained: (() => void) | null = null;
  let drainUntilMs = 0;
  /** While it drains: nothing waits that is not a message. */
  let isAllCut = false;

  const wake = (): void => {
    isDirty = true;
    if (!isTicking && ports.wake !== undefined) ports.wake();
  };
  const log = (level: LogLevel, event: string, detail: string): void => {
    if (ports.log !== undefined) ports.log.write(level, event, detail);
  };
  const anchor = (): Anchor | null => {
    const wall = clock.wall();
    if (wall === null) return null;
    const made = [nowMs(), Math.round(wall.unixMs), wall.quality];
    return wall.boundMs === undefined ? made : made.concat([Math.ceil(wall.boundMs)]);
  };
  const storeOf = (): Store => store;
  const cutAll = (): void => flusher.cutAll();
  const sender = createSender(storeOf, ports.transport, settings);
  const consent = createConsent({ storage: ports.storage, table, boot, store: storeOf, nowMs, cutAll, wake });
  const store = createStore({
    storage: ports.storage,
    settings,
    table,
    encode: settings.encoding || encodePacked,
    boot,
    nowMs,
    epoch: consent.epoch,
    anchor,
    onDurable: wake,
    log,
    onMessage: sender.add,
  });
  const recorder = createRecorder({
    table,
    batches: store.batches,
    losses: store.losses,
    isStopped: () => isStopped,
    isGranted: consent.isSlotGranted,
    epoch: consent.epoch,
    onRow: (batch) => flusher.onRow(batch),
    onLoss: () => flusher.onLoss(),
    maxBatchBytes,
    maxRowBytes: settings.maxMessageBytes / 2,
  });
  const points = createPoints(table, recorder, nowMs);
  const flusher = createFlusher({
    store: storeOf,
    settings,
    batches: store.batches,
    accumulators: points.accumulators,
    canTakeLive: sender.canTakeLive,
    nowMs,
    wake,
    handsOverLater: ports.wake !== undefined,
    maxBatchBytes,
  });
  const accepted = (): number => recorder.accepted;
  const link = createLink({
    ports,
    settings,
    store: storeOf,
    sender,
    models,
    boot,
    clock,
    anchor,
    wake,
    log,
    accepted,
  });
  store.handOver();
  consent.tellPending();

  const round = (atMs: number): number => {
    isDirty = false;
    const flushMs = flusher.run(atMs);
    consent.tellPending();
    // Rows that had no room in a full outbox find it as messages are acknowledged.
    if (onDrained !== null) isAllCut = flusher.cutRest();
    store.tidy();
    const linkMs = link.run(atMs);
    store.disk.run(atMs);
    return Math.min(flushMs, linkMs, store.disk.dueMs());
  };
  /** A bug here, or a port that throws, must not end the application that records. */
  const safely = (atMs: number, work: (atMs: number) => number): number => {
    try {
      return work(atMs);
    } catch (error) {
      log('error', 'bug.tick', String(error));
      return atMs + afterBugMs;
    }
  };
  const finishIfDrained = (atMs: number): void => {
    if (onDrained === null) return;
    if ((!isAllCut || store.outbox.live > 0) && atMs < drainUntilMs) return;
    const done = onDrained;
    onDrained = null;
    link.stop();
    store.handOver();
    store.disk.request();
    store.disk.run(atMs);
    done();
  };
  return {
    points: points.recorders as unknown as DevicePoints<M>,
    consent: consent as unknown as Consent<M>,
    tick: () => {
      if (isTicking) return 0;
      isTicking = true;
      const atMs = nowMs();
      let dueMs = safely(atMs, round);
      for (let i = 1; i < maxRounds && isDirty; i++) dueMs = safely(atMs, round);
      isTicking = false;
      finishIfDrained(atMs);
      if (isStopped) dueMs = onDrained === null ? Infinity : Math.min(dueMs, drainUntilMs);
      return isDirty && !isStopped ? 0 : Math.max(0, dueMs - atMs);
    },
    flush: () => {
      cutAll();
      wake();
    },
    status: () => {
      store.handOver();
      const drops = {} as { [cause: string]: number };
      for (let i = 0; i < causeNames.length; i++) drops[causeNames[i]] = store.losses.counts[i];
      const outbox = store.outbox;
      const maxBytes = settings.maxOutboxBytes;
      const bytes = store.disk.used;
      return {
        boot: bootKey(boot),
        uptimeMs: nowMs(),
        clock: clock.wall(),
        link: link.isRefused && link.phase === 'waiting' ? 'refused' : link.phase,
        lastProblem: link.lastProblem,
        accepted: recorder.accepted,
        recovered: store.recovered,
        acked: link.ackedRecords,
        queued: outbox.liveRecords + store.batches.count(),
        atRisk: store.disk.atRisk(),
        drops: drops as DeviceStatus['drops'],
        messages: {
          waiting: outbox.live,
          acked: link.ackedMessages,
          sent: sender.messages,
          resent: sender.resent,
        },
        bytesSent: sender.bytes,
        outbox: { bytes, maxBytes, fill: bytes / maxBytes },
        storageFailures: store.disk.failures,
      };
    },
    stop: (drainMs, done) => {
      if (isStopped) return done();
      cutAll();
      isStopped = true;
      onDrained = done;
      drainUntilMs = nowMs() + Math.max(0, drainMs);
      wake();
    },
  };
}
