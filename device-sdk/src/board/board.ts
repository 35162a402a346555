import type { BoardModel } from '@usewire/protocol/model';
import type { WallTime } from '../core/ports.ts';
import { consent, dropQueued, loadConsent } from './consent.ts';
import { forget } from './erase.ts';
import { bye, newTag, onAck, onClose, onMessage, onOpen, pump } from './link.ts';
import { type BoardOptions, settingsOf } from './options.ts';
import type { BoardPorts } from './ports.ts';
import { lose } from './queue.ts';
import { randomOctets } from './random.ts';
import { cutAll, record } from './record.ts';
import { type BoardState, Cause, choiceOf, Phase } from './state.ts';
import { uptime, wallOf } from './time.ts';

/** How a board is, in one call. Counts are of this start. */
export interface BoardStatus {
  uptimeMs: number;
  clock: WallTime | null;
  link: 'waiting' | 'connecting' | 'hello' | 'open' | 'stopped';
  /** Why the link was lost or a message refused, last; '' when nothing was. */
  problem: string;
  /** Records offered and not refused by consent: each is stored by the gateway in the end, or told as lost. */
  accepted: number;
  acked: number;
  /** Records that people took back: known here only. */
  withdrawn: number;
  /** Records erased in every place by the last request whose receipt has come; -1 = none has, since the start. */
  erased: number;
  /** Records (and losses to be told) that wait in RAM. A loss of power takes those that are not in an outbox, without a count. */
  queued: number;
  drops: { evicted: number; invalid: number; overflow: number; shutdown: number };
  /** Of the RAM for messages, 0 to 1. */
  fill: number;
  /** Of the outbox, 0 to 1; -1 where there is none. */
  kept: number;
  /** Free interpreter variables; -1 where nobody knows. */
  free: number;
}

export interface Board {
  /**
   * Records one value of a point. Never throws, never waits. An event has no value: `record('boiled', { water: 'pot' })`; others have:
   * `record('motor', 36.6)`. A counter is given what is added, a session its duration in ms when it ends. Context (intent, ...) stands among
   * the attributes. The last argument is the subject, where the point has one.
   */
  record(name: string, value?: unknown, attributes?: unknown, subject?: unknown): void;
  /** A person's choices by purpose. False: a purpose that is not one, or the storage did not take it; then nothing changed. */
  consent(choices: { [purpose: string]: boolean }, subject?: string): boolean;
  /**
   * All that the board holds of a subject (none: of everybody) is gone at once, grants are withdrawn, and the gateway is asked to erase it everywhere. The
   * request waits in RAM as records do. False: no such subject, or the storage did not take it.
   */
  forget(subject?: string): boolean;
  /** Makes a message of everything that waits, and sends what it can. */
  flush(): void;
  /** Does what is due; ms until it should be called again. */
  tick(): number;
  status(): BoardStatus;
  /** Before an intended restart: says bye, and notes how many records go with the RAM, so that the next start tells it. */
  stop(): void;
}

function flush(this: BoardState): void {
  const board = this;
  cutAll(board, Infinity);
  pump(board);
}

function tick(this: BoardState): number {
  const board = this;
  const settings = board.settings;
  const now = uptime(board);
  cutAll(board, now - settings.flushIntervalMs);
  if (board.phase === Phase.waiting && now >= board.dueMs) {
    board.phase = Phase.connecting;
    board.dueMs = now + settings.ackTimeoutMs;
    board.ports.transport.open(bye(board, 9), board);
  }
  pump(board);
  let nextMs = board.dueMs;
  if (board.phase > Phase.connecting) {
    nextMs = Math.max(board.holdMs, now + settings.ackTimeoutMs);
    // The first that waits is the first that was sent.
    if (board.helloTag || (board.queue.length && board.queue[0].out))
      nextMs = board.silentMs + settings.ackTimeoutMs;
  }
  if (now >= nextMs && board.phase) board.onClose({ kind: 'lost', detail: 'no answer' });
  for (const key in board.batches) {
    if (choiceOf(board, key)) nextMs = Math.min(nextMs, board.batches[key].base + settings.flushIntervalMs);
  }
  return Math.max(0, nextMs - now);
}

function worthOf(board: BoardState, isUnsentOnly: boolean): number {
  let worth = 0;
  for (let i = 0; i < board.queue.length; i++) {
    if (!isUnsentOnly || !(board.queue[i].tag || board.queue[i].id)) worth += board.queue[i].worth;
  }
  return worth;
}

function status(this: BoardState): BoardStatus {
  const board = this;
  const losses = board.losses;
  let queued = worthOf(board, false);
  for (const key in board.batches) if (choiceOf(board, key)) queued += board.batches[key].records;
  return {
    uptimeMs: uptime(board),
    clock: wallOf(board),
    link: ['waiting', 'connecting', 'hello', 'open', 'stopped'][board.phase] as BoardStatus['link'],
    problem: board.problem,
    accepted: board.accepted,
    acked: board.acked,
    withdrawn: board.withdrawn,
    erased: board.erased,
    queued: queued,
    drops: {
      evicted: losses[Cause.evicted],
      invalid: losses[Cause.invalid],
      overflow: losses[Cause.overflow],
      shutdown: losses[Cause.shutdown],
    },
    fill: board.queueBytes / board.settings.maxQueueBytes,
    kept: board.ports.outbox ? board.ports.outbox.fill() : -1,
    free: board.ports.free ? board.ports.free() : -1,
  };
}

function stop(this: BoardState): void {
  const board = this;
  cutAll(board, Infinity);
  // What was sent may be stored: it must not be told as lost.
  board.ports.storage.put('lost', '' + worthOf(board, true));
  if (board.phase > Phase.connecting) board.ports.transport.send(newTag(board), 'st', bye(board, 0), false);
  board.phase = Phase.stopped;
  board.ports.transport.close();
}

/**
 * The boot of this run, never one that was used before: with no counter to continue it is random, as counting from 1 again would repeat the
 * names of messages that a gateway already has.
 */
function begin(board: BoardState): void {
  const storage = board.ports.storage;
  const stored = storage.get('boot');
  // Later boots count on from a random place, so that a storage that is wiped twice does not count over the same numbers.
  const next = stored ? +stored + 1 : 65536 + Math.floor(board.ports.random.next() * 2147483648);
  const isKept = next < 4294967296 && storage.put('boot', '' + next);
  board.boot = stored && isKept ? next : randomOctets(board);
  lose(board, Cause.shutdown, +(storage.get('lost') || 0));
  storage.put('lost', '0');
  loadConsent(board);
  if (board.ports.outbox) {
    board.ports.outbox.isHeld = (id) => {
      for (let i = 0; i < board.queue.length; i++) if (board.queue[i].id === id) return true;
      return false;
    };
  }
  // A withdrawal in the middle of which the power went.
  dropQueued(board, '');
}

/** Puts a board together. `tick` has to be called when it says, and when `ports.wake` asks. */
export function createBoard(model: BoardModel, ports: BoardPorts, options?: BoardOptions): Board {
  const state: BoardState & Board = {
    model: model,
    ports: ports,
    settings: settingsOf(options),
    hash: ports.unbase64(model.hash),
    boot: 0,
    seq: 0,
    nowMs: 0,
    learned: null,
    untold: 0,
    told: null,
    batches: {},
    sums: {},
    choices: {},
    epoch: 0,
    queue: [],
    queueBytes: 0,
    accepted: 0,
    acked: 0,
    withdrawn: 0,
    erased: -1,
    erasedId: '',
    losses: [0, 0, 0, 0, 0, 0],
    owed: [0, 0, 0, 0, 0, 0],
    phase: Phase.waiting,
    dueMs: 0,
    holdMs: 0,
    silentMs: 0,
    failures: 0,
    problem: '',
    isIntroduced: false,
    tag: 0,
    helloTag: 0,
    recent: [],
    onOpen: onOpen,
    onClose: onClose,
    onAck: onAck,
    onMessage: onMessage,
    record: record,
    consent: consent,
    forget: forget,
    flush: flush,
    tick: tick,
    status: status,
    stop: stop,
  };
  begin(state);
  return state;
}
