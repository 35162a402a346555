import { createEntryQueue } from './entry-queue.ts';
import { Cause } from './marks.ts';
import type { Entry } from './message-entry.ts';
import { Lane } from './message-frame.ts';
import type { Settings } from './options.ts';
import type { TransportPort } from './ports.ts';
import type { Store } from './store.ts';

/** Chooses what goes next and keeps what is on its way. */
export interface Sender {
  /** A message that was made in this run. */
  addLive(entry: Entry): void;
  addBacklog(entries: Entry[]): void;
  /** A new message may be marked as sent when it is made: the link is open and nothing stands before it. */
  canTakeLive(): boolean;
  /** The link takes data from now on. */
  opened(): void;
  closed(): void;
  /** For a message that is sent around the sender and waits for its answer. */
  newTag(): number;
  /** Sends what fits the window. Returns when it wants to be called again, or Infinity. */
  pump(nowMs: number): number;
  /** The entry that was acknowledged, or null for a tag that is not on its way. */
  acked(tag: number): Entry | null;
  find(bootKey: string, seq: number): Entry | null;
  /** Sends `entry` again at a time. */
  retryAt(entry: Entry, atMs: number): void;
  /** Takes `entry` off the way for good; the caller says why. */
  settle(entry: Entry): void;
  /** Lets go of messages that were taken back. True: one of them was on its way. */
  dropDone(): boolean;
  /** Nothing is sent before. */
  holdUntil(atMs: number): void;
  /** On the way and marked to go next. */
  inFlight(): Entry[];
  /** When the oldest unanswered message was sent; Infinity when there is none. */
  oldestSentMs(): number;
  counts(): { messages: number; resent: number; bytes: number };
}

export interface SenderContext {
  store: Store;
  transport: TransportPort;
  settings: Settings;
}

interface Flight {
  entry: Entry;
  tag: number;
  sentAtMs: number;
}

/** Of four messages one is from the backlog: live first, and the backlog still goes. */
const backlogEvery = 4;

export function createSender(context: SenderContext): Sender {
  const store = context.store;
  const choices = createEntryQueue();
  const critical = createEntryQueue();
  const live = createEntryQueue();
  const backlog = createEntryQueue();
  /** Marked as sent and to go next, oldest first. */
  let ready: Entry[] = [];
  let flights: Flight[] = [];
  let isOpen = false;
  let nextTag = 1;
  let turn = 0;
  let heldUntilMs = 0;
  const counts = { messages: 0, resent: 0, bytes: 0 };

  const queueFor = function (entry: Entry, isLive: boolean): void {
    if (entry.lane === Lane.choice) choices.push(entry);
    else if (entry.lane === Lane.critical) critical.push(entry);
    else if (isLive) live.push(entry);
    else backlog.push(entry);
  };
  const pickNext = function (): Entry | null {
    // A choice goes before the data it allows.
    const urgent = choices.take() || critical.take();
    if (urgent !== null) return urgent;
    turn = (turn + 1) % backlogEvery;
    if (turn === 0) return backlog.take() || live.take();
    return live.take() || backlog.take();
  };
  const windowLeft = function (): number {
    return context.settings.maxInFlight - flights.length - ready.length;
  };
  /** Marks before sending, so that after a crash nothing that the gateway may have is given up as lost. */
  const fill = function (): void {
    const fresh: Entry[] = [];
    while (windowLeft() > 0) {
      const entry = pickNext();
      if (entry === null) break;
      ready.push(entry);
      if (!entry.mayBeStored) fresh.push(entry);
    }
    if (fresh.length === 0) return;
    for (let i = 0; i < fresh.length; i++) {
      store.ledger.add({ type: 'sent', boot: fresh[i].boot, seq: fresh[i].seq });
      fresh[i].mayBeStored = true;
      fresh[i].stamp = store.syncer.stamp();
    }
    store.ledger.commit();
    store.syncer.request();
  };
  const lose = function (entry: Entry): void {
    store.ledger.owe(Cause.storage, entry.records + entry.lost, -1);
    store.outbox.done(entry);
    store.ledger.commit();
  };
  /** True: it is on its way, or lost; false: the link did not take it. */
  const send = function (entry: Entry, nowMs: number): boolean {
    const body = store.outbox.read(entry);
    if (body === null) {
      lose(entry);
      return true;
    }
    const flight: Flight = { entry: entry, tag: nextTag++, sentAtMs: nowMs };
    flights.push(flight);
    entry.state = 'sent';
    entry.attempts += 1;
    // The answer may come from within `send`.
    if (context.transport.send(flight.tag, 'up', body)) {
      counts.messages += 1;
      counts.bytes += body.length;
      if (entry.attempts > 1) counts.resent += 1;
      return true;
    }
    flights = flights.filter(function (item) {
      return item !== flight;
    });
    entry.state = 'waiting';
    return false;
  };
  const sendReady = function (nowMs: number): number {
    const waiting = ready;
    let dueMs = Infinity;
    ready = [];
    for (let i = 0; i < waiting.length; i++) {
      const entry = waiting[i];
      if (entry.state === 'done') continue;
      const isDue = entry.notBeforeMs <= nowMs;
      if (isOpen && isDue && store.syncer.isDurable(entry.stamp) && send(entry, nowMs)) continue;
      if (!isDue) dueMs = Math.min(dueMs, entry.notBeforeMs);
      ready.push(entry);
    }
    return dueMs;
  };
  const withdraw = function (entry: Entry): void {
    flights = flights.filter(function (item) {
      return item.entry !== entry;
    });
    ready = ready.filter(function (item) {
      return item !== entry;
    });
  };
  const liveToBacklog = function (): void {
    const former = live.drain();
    for (let i = 0; i < former.length; i++) backlog.push(former[i]);
  };
  const entriesInFlight = function (): Entry[] {
    return flights
      .map(function (flight) {
        return flight.entry;
      })
      .concat(ready);
  };
  return {
    addLive: function (entry: Entry): void {
      if (entry.mayBeStored) ready.push(entry);
      else queueFor(entry, true);
    },
    addBacklog: function (entries: Entry[]): void {
      for (let i = 0; i < entries.length; i++) {
        if (entries[i].mayBeStored) ready.push(entries[i]);
        else queueFor(entries[i], false);
      }
    },
    canTakeLive: function (): boolean {
      const queued = choices.first() !== null || critical.first() !== null || live.first() !== null;
      return isOpen && !queued && windowLeft() > 0;
    },
    opened: function (): void {
      isOpen = true;
      heldUntilMs = 0;
      liveToBacklog();
    },
    closed: function (): void {
      isOpen = false;
      const unanswered = flights.map(function (flight) {
        flight.entry.state = 'waiting';
        flight.entry.notBeforeMs = 0;
        return flight.entry;
      });
      flights = [];
      ready = unanswered.concat(ready);
      liveToBacklog();
    },
    newTag: function (): number {
      return nextTag++;
    },
    pump: function (nowMs: number): number {
      if (!isOpen) return Infinity;
      if (nowMs < heldUntilMs) return heldUntilMs;
      // A link that answers at once makes room while it is filled.
      for (;;) {
        const before = counts.messages;
        fill();
        const dueMs = sendReady(nowMs);
        if (counts.messages === before) return dueMs;
      }
    },
    acked: function (tag: number): Entry | null {
      for (let i = 0; i < flights.length; i++) {
        if (flights[i].tag === tag) return flights[i].entry;
      }
      return null;
    },
    find: function (bootKey: string, seq: number): Entry | null {
      const all = entriesInFlight();
      for (let i = 0; i < all.length; i++) {
        if (all[i].seq === seq && all[i].boot.key === bootKey) return all[i];
      }
      return null;
    },
    retryAt: function (entry: Entry, atMs: number): void {
      withdraw(entry);
      entry.state = 'waiting';
      entry.notBeforeMs = atMs;
      ready.push(entry);
    },
    settle: function (entry: Entry): void {
      withdraw(entry);
      store.outbox.done(entry);
    },
    dropDone: function (): boolean {
      const before = flights.length;
      flights = flights.filter(function (flight) {
        return flight.entry.state !== 'done';
      });
      ready = ready.filter(function (entry) {
        return entry.state !== 'done';
      });
      return flights.length < before;
    },
    holdUntil: function (atMs: number): void {
      heldUntilMs = Math.max(heldUntilMs, atMs);
    },
    inFlight: entriesInFlight,
    oldestSentMs: function (): number {
      let oldest = Infinity;
      for (let i = 0; i < flights.length; i++) oldest = Math.min(oldest, flights[i].sentAtMs);
      return oldest;
    },
    counts: function (): { messages: number; resent: number; bytes: number } {
      return { messages: counts.messages, resent: counts.resent, bytes: counts.bytes };
    },
  };
}
