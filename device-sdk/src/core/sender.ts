import { bulkLane, choiceLane, criticalLane, type Entry } from './message.ts';
import type { Settings } from './options.ts';
import type { TransportPort } from './ports.ts';
import type { Store } from './store.ts';

/** Chooses what goes next and keeps what is on its way. */
export interface Sender {
  messages: number;
  resent: number;
  bytes: number;
  /** Nothing is sent before. */
  heldUntilMs: number;
  add(entry: Entry, isLive: boolean): void;
  /** A new message may be marked as sent when it is made: the link takes data and nothing stands before it. */
  canTakeLive(): boolean;
  /** The link takes data from now on. */
  opened(): void;
  closed(): void;
  /** For a message that is sent around the sender and waits for its answer. */
  newTag(): number;
  /** Sends what fits the window. Returns when it wants to be called again, or Infinity. */
  pump(nowMs: number): number;
  /** On the way and marked to go next. */
  inFlight(): Entry[];
  /** Sends `entry` again at a time. */
  retryAt(entry: Entry, atMs: number): void;
  /** When the oldest unanswered message was sent; Infinity when there is none. */
  oldestSentMs(): number;
}

/** Of four messages one is from the backlog: live first, and the backlog still goes. */
const backlogEvery = 4;

export function createSender(store: () => Store, transport: TransportPort, settings: Settings): Sender {
  /** By lane 0 and 1, live, backlog: not marked as sent yet. */
  const queues: Entry[][] = [[], [], [], []];
  const live = 2;
  const backlog = bulkLane;
  /** Marked as sent, oldest first: on the way or to go next. */
  let flights: Entry[] = [];
  let isOpen = false;
  let lastTag = 0;
  let turn = 0;

  const first = (queue: number): Entry | undefined => {
    while (queues[queue].length > 0 && queues[queue][0].isDone) queues[queue].shift();
    return queues[queue][0];
  };
  const pick = (): Entry | undefined => {
    // A choice goes before the data it allows.
    const order = [choiceLane, criticalLane, live, backlog];
    if (first(choiceLane) === undefined && first(criticalLane) === undefined && ++turn % backlogEvery === 0) {
      order.reverse();
    }
    const queue = order.filter((each) => first(each) !== undefined)[0];
    return queue === undefined ? undefined : queues[queue].shift();
  };
  const hasRoom = (): boolean => {
    flights = flights.filter((entry) => !entry.isDone);
    return flights.length < settings.maxInFlight;
  };
  /** Marks before sending, so that after a crash nothing that the gateway may have is given up as lost. */
  const fill = (): void => {
    const fresh: Entry[] = [];
    for (let entry = hasRoom() ? pick() : undefined; entry; entry = hasRoom() ? pick() : undefined) {
      flights.push(entry);
      if (!entry.isSent) fresh.push(entry);
    }
    if (fresh.length > 0) store().markSent(fresh);
  };
  const send = (entry: Entry, nowMs: number): void => {
    const body = store().read(entry);
    if (body === null) return;
    entry.tag = ++lastTag;
    entry.sentAtMs = nowMs;
    entry.attempts++;
    // The answer may come from within `send`.
    if (transport.send(entry.tag, 'up', body)) {
      sender.messages++;
      sender.bytes += body.length;
      if (entry.attempts > 1) sender.resent++;
    } else entry.tag = 0;
  };
  const sender: Sender = {
    messages: 0,
    resent: 0,
    bytes: 0,
    heldUntilMs: 0,
    add: (entry, isLive) => {
      const lane = entry.segment.lane;
      if (entry.isSent) flights.push(entry);
      else queues[lane <= criticalLane ? lane : isLive ? live : backlog].push(entry);
    },
    canTakeLive: () =>
      isOpen && [choiceLane, criticalLane, live].every((queue) => first(queue) === undefined) && hasRoom(),
    opened: () => {
      isOpen = true;
      sender.heldUntilMs = 0;
      queues[backlog] = queues[backlog].concat(queues[live]);
      queues[live] = [];
    },
    closed: () => {
      isOpen = false;
      for (let i = 0; i < flights.length; i++) flights[i].tag = flights[i].notBeforeMs = 0;
    },
    newTag: () => ++lastTag,
    pump: (nowMs) => {
      if (nowMs < sender.heldUntilMs) return isOpen ? sender.heldUntilMs : Infinity;
      // A link that answers at once makes room while it is filled.
      for (let before = -1; isOpen && before !== sender.messages; ) {
        before = sender.messages;
        fill();
        const room = settings.maxInFlight - flights.filter((entry) => entry.tag > 0 && !entry.isDone).length;
        const due = flights.filter((entry) => !entry.isDone && entry.tag === 0 && entry.notBeforeMs <= nowMs);
        for (let i = 0; i < Math.min(room, due.length); i++) {
          if (isOpen && store().disk.isDurable(due[i].stamp)) send(due[i], nowMs);
        }
      }
      return flights.reduce(
        (dueMs, entry) => (isOpen && entry.notBeforeMs > nowMs ? Math.min(dueMs, entry.notBeforeMs) : dueMs),
        Infinity,
      );
    },
    inFlight: () => flights.filter((entry) => !entry.isDone),
    retryAt: (entry, atMs) => {
      entry.tag = 0;
      entry.notBeforeMs = atMs;
    },
    oldestSentMs: () =>
      flights.reduce(
        (oldest, entry) => (entry.tag && !entry.isDone ? Math.min(oldest, entry.sentAtMs) : oldest),
        Infinity,
      ),
  };
  return sender;
}
