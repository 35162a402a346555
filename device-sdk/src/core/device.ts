import type { Model } from '@usewire/protocol/model';
import { backoffMs } from './backoff.ts';
import { type Boot, nextBoot } from './boot.ts';
import { createChoiceTeller } from './choice-teller.ts';
import { consentApi, type DeviceConsent } from './consent-api.ts';
import { openBook } from './consent-book.ts';
import { createConsentDesk } from './consent-desk.ts';
import { createErasureDesk } from './erasure-desk.ts';
import { createExporter } from './exporter.ts';
import { createFlusher } from './flusher.ts';
import type { Anchor } from './journal-frame.ts';
import { createLink } from './link.ts';
import type { Entry } from './message-entry.ts';
import { createModels } from './models.ts';
import { type DeviceOptions, settingsFrom } from './options.ts';
import type { Place } from './place.ts';
import { createPoints, flushAll } from './points.ts';
import type { Ports } from './ports.ts';
import { createRecorder } from './recorder.ts';
import type { DevicePoints } from './recorder-types.ts';
import { createSender } from './sender.ts';
import { type DeviceStatus, statusOf } from './status.ts';
import { createStore } from './store.ts';
import { createUndecided } from './undecided.ts';
import { createDeviceTime } from './uptime.ts';

export interface DeviceConfig<M> {
  model: M;
  ports: Ports;
  options?: DeviceOptions;
}

export interface Device<M extends Model> {
  points: DevicePoints<M>;
  consent: DeviceConsent<M>;
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
/** What waits for a person's choice takes no more memory than this, nor than a sixteenth of `maxMemoryBytes`. */
const maxUndecidedBytes = 32768;

/**
 * A device. It owns no timer: `tick()` drives everything, and whoever calls it decides when.
 * Throws a `DeviceError` for options that cannot work; nothing it returns ever throws into the application.
 */
export function createDevice<M extends Model>(config: DeviceConfig<M>): Device<M> {
  const ports = config.ports;
  const settings = settingsFrom(config.options);
  const time = createDeviceTime(ports.clock);
  const models = createModels(ports.storage, config.model);
  const boot: Boot = nextBoot(ports.storage, ports.random);
  let isDirty = true;
  let isTicking = false;
  let isStopped = false;
  let onDrained: (() => void) | null = null;
  let drainUntilMs = 0;
  /** While it drains: nothing waits that is not a message. */
  let isAllCut = false;

  const wake = function (): void {
    isDirty = true;
    if (!isTicking && ports.wake !== undefined) ports.wake();
  };
  const anchor = function (): Anchor | null {
    const wall = time.wall();
    return wall === null ? null : { atMs: time.uptimeMs(), wall: wall };
  };
  const log = function (level: 'debug' | 'info' | 'warn' | 'error', event: string, detail: string): void {
    if (ports.log !== undefined) ports.log.write(level, event, detail);
  };
  const book = openBook(ports.storage);
  const onMessage = function (entry: Entry): void {
    sender.addLive(entry);
  };
  const store = createStore({
    storage: ports.storage,
    settings: settings,
    models: models,
    boot: boot,
    nowMs: time.uptimeMs,
    epoch: book.epoch,
    generation: book.generation,
    allows: book.allows,
    anchor: anchor,
    onDurable: wake,
    log: log,
    onMessage: onMessage,
  });
  const sender = createSender({ store: store, transport: ports.transport, settings: settings });
  sender.addBacklog(store.backlog);
  const flusher = createFlusher({
    store: store,
    settings: settings,
    models: models,
    sender: sender,
    nowMs: time.uptimeMs,
    wake: wake,
    log: log,
    handsOverLater: ports.wake !== undefined,
  });
  const teller = createChoiceTeller({
    book: book,
    boot: boot,
    store: store,
    nowMs: time.uptimeMs,
    onMessage: onMessage,
  });
  const undecided = createUndecided(Math.min(maxUndecidedBytes, settings.maxMemoryBytes / 16));
  let withdrawn = 0;
  const onTakenBack = function (records: number): void {
    withdrawn += records;
  };
  const drop = function (
    allows: (place: Place) => boolean,
    stays: (slot: number, purpose: number) => boolean,
  ): void {
    for (let i = 0; i < points.accumulators.length; i++) {
      const target = points.accumulators[i].target;
      if (!stays(target.slot, target.purpose)) points.accumulators[i].forget();
    }
    undecided.drop(stays);
    onTakenBack(store.drop(allows));
    link.onDropped();
  };
  const desk = createConsentDesk({
    table: models.table,
    book: book,
    teller: teller,
    wall: time.wall,
    drop: drop,
    cutAll: flusher.cutAll,
    onDecided: function (slot: number): void {
      recorder.onDecided(slot);
    },
    wake: wake,
  });
  const erasures = createErasureDesk({
    table: models.table,
    book: book,
    consent: desk,
    boot: boot,
    store: store,
    random: ports.random,
    nowMs: time.uptimeMs,
    withdrawn: function (): number {
      return withdrawn;
    },
    onMessage: onMessage,
  });
  const exportOf = createExporter({ store: store, models: models, cutAll: flusher.cutAll });
  const recorder = createRecorder({
    table: models.table,
    journal: store.journal,
    ledger: store.ledger,
    isStopped: function (): boolean {
      return isStopped;
    },
    undecided: undecided,
    choice: desk.choice,
    generation: book.generation,
    onRow: flusher.onRow,
    onLoss: flusher.onLoss,
    maxBatchBytes: flusher.maxBatchBytes,
    maxRowBytes: Math.floor(settings.maxMessageBytes / 2),
  });
  const points = createPoints(models.table, recorder, time.uptimeMs);
  const gathers = points.accumulators.some(function (each) {
    return each.flush !== null;
  });
  if (gathers) {
    flusher.flushPoints = function (nowMs: number, isLast: boolean): void {
      flushAll(points.accumulators, recorder, nowMs, isLast);
    };
  }
  const link = createLink({
    ports: ports,
    settings: settings,
    store: store,
    sender: sender,
    models: models,
    boot: boot,
    time: time,
    wake: wake,
    log: log,
    retryMs: function (attempt: number): number {
      return backoffMs(settings, attempt, ports.random);
    },
    accepted: recorder.accepted,
    limitMessageBytes: flusher.limitMessageBytes,
    teller: teller,
    takeConsent: desk.take,
    epoch: book.epoch,
    erasures: erasures,
    onTakenBack: onTakenBack,
  });
  teller.run();

  const round = function (nowMs: number): number {
    isDirty = false;
    const consentMs = desk.run(nowMs);
    teller.run();
    erasures.run();
    const flushMs = flusher.run(nowMs);
    // Rows that had no room in a full outbox find it as messages are acknowledged.
    if (onDrained !== null) isAllCut = flusher.cutRest();
    store.tidy();
    const linkMs = link.run(nowMs);
    store.syncer.run(nowMs);
    return Math.min(flushMs, linkMs, consentMs, store.syncer.dueMs());
  };
  /** A bug here, or a port that throws, must not end the application that records. */
  const safeRound = function (nowMs: number): number {
    try {
      return round(nowMs);
    } catch (error) {
      log('error', 'bug.tick', String(error));
      return nowMs + afterBugMs;
    }
  };
  const finishIfDrained = function (nowMs: number): void {
    if (onDrained === null) return;
    if ((!isAllCut || store.outbox.liveMessages() > 0) && nowMs < drainUntilMs) return;
    const done = onDrained;
    onDrained = null;
    link.stop();
    store.ledger.commit();
    store.syncer.request();
    store.syncer.run(nowMs);
    done();
  };
  const tick = function (): number {
    if (isTicking) return 0;
    isTicking = true;
    const nowMs = time.uptimeMs();
    let dueMs = safeRound(nowMs);
    for (let i = 1; i < maxRounds && isDirty; i++) dueMs = safeRound(nowMs);
    isTicking = false;
    finishIfDrained(nowMs);
    if (isStopped) dueMs = onDrained === null ? Infinity : Math.min(dueMs, drainUntilMs);
    return isDirty && !isStopped ? 0 : Math.max(0, dueMs - nowMs);
  };
  return {
    points: points.recorders as unknown as DevicePoints<M>,
    consent: consentApi(models.table, desk, erasures, book, exportOf) as unknown as DeviceConsent<M>,
    tick: tick,
    flush: function (): void {
      flusher.cutAll();
      wake();
    },
    status: function (): DeviceStatus {
      store.journal.handOver();
      store.ledger.commit();
      return statusOf({
        store: store,
        sender: sender,
        link: link,
        settings: settings,
        boot: boot,
        time: time,
        accepted: recorder.accepted(),
        withdrawn: withdrawn,
      });
    },
    stop: function (drainMs: number, done: () => void): void {
      if (isStopped) {
        done();
        return;
      }
      flusher.cutAll();
      isStopped = true;
      onDrained = done;
      drainUntilMs = time.uptimeMs() + Math.max(0, drainMs);
      wake();
    },
  };
}
