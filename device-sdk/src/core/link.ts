import { encodeLabels, type Tree, type TreeMap } from '@usewire/protocol/wire';
import { backoffMs } from './backoff.ts';
import type { Boot } from './boot.ts';
import type { DeviceClock } from './clock.ts';
import { bytesOf } from './frame.ts';
import { createInbound } from './inbound.ts';
import type { Anchor } from './journal.ts';
import type { Entry } from './message.ts';
import type { Models } from './models.ts';
import type { Settings } from './options.ts';
import type { LogLevel, Ports, TransportEvents } from './ports.ts';
import type { Sender } from './sender.ts';
import type { Store } from './store.ts';

export type Phase = 'waiting' | 'connecting' | 'open' | 'stopped';

/** The link to the gateway: connects, says hello, sends, listens, says bye. */
export interface Link {
  phase: Phase;
  /** The other side answered and does not want this device. */
  isRefused: boolean;
  lastProblem: string;
  ackedMessages: number;
  ackedRecords: number;
  run(nowMs: number): number;
  stop(): void;
}

export interface LinkContext {
  ports: Ports;
  settings: Settings;
  store(): Store;
  sender: Sender;
  models: Models;
  boot: Boot;
  clock: DeviceClock;
  anchor(): Anchor | null;
  wake(): void;
  log(level: LogLevel, event: string, detail: string): void;
  accepted(): number;
}

/** Reasons of a bye (label 14): stopped in order, and lost, said by the other side as the will. */
const stopped = 0;
const willReason = 9;
/** Tag of messages that no one waits for. */
const noTag = 0;

export function createLink(context: LinkContext): Link {
  const ports = context.ports;
  const transport = ports.transport;
  const sender = context.sender;
  const settings = context.settings;
  const nowMs = context.clock.uptimeMs;
  /** Answers of an older link are not for this one. */
  let generation = 0;
  /** waiting: when to connect; connecting: when to give up. */
  let dueMs = 0;
  /** In a row. Only an acknowledgement ends the row: a link that opens and dies at once is no success. */
  let failures = 0;
  let isIntroduced = false;
  let wantsHello = false;
  /** Of the hello that is not answered yet; data waits for it. */
  let helloTag = noTag;
  let helloAtMs = 0;
  let statusAtMs = 0;

  const retryMs = (attempt: number): number => backoffMs(settings, attempt, ports.random);
  /** A message that consumes no seq (POU-ENV-9): label 1 is the next one. Labels and kinds of SPEC.md sections 2 and 3. */
  const control = (kind: number, more: TreeMap): Uint8Array => {
    more[0] = kind;
    more[1] = context.store().seq.next;
    more[2] = context.boot;
    more[3] = nowMs();
    return encodeLabels(more);
  };
  const clockNow = (): Tree => {
    const anchor = context.anchor();
    return (anchor === null || anchor[1] < 0 ? undefined : anchor.slice(1)) as Tree;
  };
  const leave = (phase: Phase): void => {
    const wasOpen = link.phase === 'connecting' || link.phase === 'open';
    link.phase = phase;
    generation++;
    helloTag = noTag;
    if (wasOpen) transport.close();
    sender.closed();
  };
  const lost = (isRefused: boolean, detail: string): void => {
    if (link.phase === 'waiting' || link.phase === 'stopped') return;
    link.lastProblem = detail;
    context.log('info', 'link.lost', detail);
    dueMs = nowMs() + (isRefused ? settings.maxRetryMs : retryMs(++failures));
    link.isRefused = isRefused;
    leave('waiting');
    context.wake();
  };
  const onAcked = (entry: Entry): void => {
    link.ackedMessages++;
    link.ackedRecords += entry.records;
    failures = 0;
    inbound.acked(entry);
    context.store().done(entry);
    context.wake();
  };
  /**
   * A gateway asks for a model it does not know before it acknowledges the hello, so from here on no data overtakes the model, and
   * acknowledged means stored, not parked (POU-ACK-4).
   */
  const onHelloAcked = (): void => {
    if (helloTag === noTag) return;
    helloTag = noTag;
    isIntroduced = true;
    sender.opened();
    context.wake();
  };
  /** First of a boot with hardware, software and levels; later ones without (a reconnect stays below 30 bytes). */
  const sayHello = (atMs: number): void => {
    const hello: TreeMap = { 4: context.models.table.hash.subarray(0, 8) };
    if (!isIntroduced) {
      const reset = settings.resetCause === undefined ? [] : [settings.resetCause];
      hello[6] = clockNow();
      hello[10] = ([settings.hardware, settings.software] as Tree[]).concat(reset);
      hello[11] = [0];
    }
    wantsHello = false;
    helloTag = sender.newTag();
    helloAtMs = atMs;
    transport.send(helloTag, 'st', control(0, hello));
  };
  const inbound = createInbound({
    store: context.store,
    sender,
    nowMs,
    retryMs,
    learnTime: context.clock.learn,
    onAcked,
    onAckMessage: onHelloAcked,
    sendModel: (hash) => {
      const known = context.models.find(hash);
      if (known !== null)
        transport.send(noTag, 'up', encodeLabels({ 0: 13, 4: known.hash, 25: known.bytes }));
    },
    resync: () => {
      isIntroduced = false;
      wantsHello = true;
    },
    stopSending: (detail) => lost(true, detail),
    onNack: (detail) => {
      link.lastProblem = detail;
      context.log('warn', 'message.refused', detail);
    },
  });
  const eventsOf = (own: number): TransportEvents => ({
    onOpen: () => {
      if (own !== generation) return;
      link.phase = 'open';
      link.isRefused = false;
      wantsHello = true;
      context.log('info', 'link.open', '');
      context.wake();
    },
    onClose: (reason) => {
      if (own === generation) lost(reason.kind === 'refused', reason.kind + ': ' + reason.detail);
    },
    onAck: (tag) => {
      if (own !== generation || tag === noTag) return;
      if (tag === helloTag) onHelloAcked();
      else
        sender
          .inFlight()
          .filter((entry) => entry.tag === tag)
          .forEach(onAcked);
    },
    onMessage: (bytes) => {
      if (own !== generation) return;
      inbound.receive(bytes);
      context.wake();
    },
  });
  /** Kind 2; state map: accepted, storage failures, outbox bytes, resent; -3 records dropped, -4 queue depth, as encoded items. */
  const sendStatus = (atMs: number): number => {
    const store = context.store();
    if (settings.statusIntervalMs === 0) return Infinity;
    if (atMs >= statusAtMs) {
      const dropped = store.losses.counts.reduce((sum, count) => sum + count, 0);
      const state = { 0: context.accepted(), 1: store.disk.failures, 2: store.disk.used, 3: sender.resent };
      const more = { 6: clockNow(), 13: state, '-3': bytesOf(dropped), '-4': bytesOf(store.outbox.live) };
      transport.send(noTag, 'up', control(2, more));
      statusAtMs = atMs + settings.statusIntervalMs;
    }
    return statusAtMs;
  };
  const runOpen = (atMs: number): number => {
    if (wantsHello) sayHello(atMs);
    const isReady = helloTag === noTag;
    const pumpMs = isReady ? sender.pump(atMs) : Infinity;
    const silentMs =
      Math.min(sender.oldestSentMs(), helloTag === noTag ? Infinity : helloAtMs) + settings.ackTimeoutMs;
    if (atMs < silentMs) return Math.min(pumpMs, silentMs, helloTag === noTag ? sendStatus(atMs) : Infinity);
    lost(false, 'no answer for ' + settings.ackTimeoutMs + ' ms');
    return dueMs;
  };
  const link: Link = {
    phase: 'waiting',
    isRefused: false,
    lastProblem: '',
    ackedMessages: 0,
    ackedRecords: 0,
    run: (atMs) => {
      if (link.phase === 'waiting' && atMs >= dueMs) {
        link.phase = 'connecting';
        dueMs = atMs + settings.ackTimeoutMs;
        transport.open(control(3, { 14: willReason }), eventsOf(++generation));
      } else if (link.phase === 'connecting' && atMs >= dueMs) lost(false, 'no connection');
      return link.phase === 'open' ? runOpen(atMs) : link.phase === 'stopped' ? Infinity : dueMs;
    },
    stop: () => {
      if (link.phase === 'open') transport.send(noTag, 'st', control(3, { 14: stopped }));
      leave('stopped');
    },
  };
  return link;
}
