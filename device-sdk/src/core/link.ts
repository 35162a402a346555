import type { ConsentMessage } from '@usewire/protocol/wire';
import type { Boot } from './boot.ts';
import type { ChoiceTeller } from './choice-teller.ts';
import type { ErasureDesk } from './erasure-desk.ts';
import { createRecentAcks, type InboundContext, receive } from './inbound.ts';
import type { Entry } from './message-entry.ts';
import type { Models } from './models.ts';
import type { Settings } from './options.ts';
import type { CloseReason, LogLevel, Ports, TransportEvents } from './ports.ts';
import type { Sender } from './sender.ts';
import { firstSession, type Session, type SessionEvent, stepSession } from './session-machine.ts';
import type { Store } from './store.ts';
import {
  ByeReason,
  byeMessage,
  consentAckMessage,
  helloMessage,
  modelMessage,
  StatusKey,
  statusMessage,
  type UpPlace,
} from './up-messages.ts';
import type { DeviceTime } from './uptime.ts';

/** The link to the gateway: connects, says hello, sends, listens, says bye. */
export interface Link {
  run(nowMs: number): number;
  stop(): void;
  /** Messages were taken back: what of them is on its way must not arrive, so the link ends where there is some. */
  onDropped(): void;
  session(): Session;
  acked(): { messages: number; records: number };
  lastProblem(): string;
}

export interface LinkContext {
  ports: Ports;
  settings: Settings;
  store: Store;
  sender: Sender;
  models: Models;
  boot: Boot;
  time: DeviceTime;
  wake: () => void;
  log: (level: LogLevel, event: string, detail: string) => void;
  retryMs: (attempt: number) => number;
  accepted: () => number;
  limitMessageBytes: (length: number) => void;
  teller: ChoiceTeller;
  /** Choices made in the service. False: they could not be written down. */
  takeConsent: (message: ConsentMessage) => boolean;
  epoch: () => number;
  erasures: ErasureDesk;
  onTakenBack: (records: number) => void;
}

/** Tag of messages that no one waits for. */
const noTag = 0;

export function createLink(context: LinkContext): Link {
  const transport = context.ports.transport;
  const sender = context.sender;
  const settings = context.settings;
  const recent = createRecentAcks();
  let session: Session = firstSession;
  /** Answers of an older link are not for this one. */
  let generation = 0;
  let isIntroduced = false;
  let wantsHello = false;
  /** Tag of the hello that is not answered yet, and when it was sent; data waits for it. */
  let helloTag = noTag;
  let helloAtMs = 0;
  let statusAtMs = 0;
  let problem = '';
  /** Since the last hello: one answer of many must not make many choices. */
  let hasToldAgain = false;
  const acked = { messages: 0, records: 0 };

  const place = function (): UpPlace {
    return {
      boot: context.boot,
      seq: context.store.sequence.next,
      uptimeMs: context.time.uptimeMs(),
      wall: context.time.wall(),
    };
  };
  const step = function (event: SessionEvent): void {
    const result = stepSession(session, event);
    session = result.session;
    if (result.action === 'open') open();
    else if (result.action === 'close') {
      generation += 1;
      helloTag = noTag;
      transport.close();
      sender.closed();
    }
  };
  const lost = function (refused: boolean, detail: string): void {
    problem = detail;
    context.log('info', 'link.lost', detail);
    const delayMs = refused ? settings.maxRetryMs : context.retryMs(session.failures + 1);
    step({ type: 'lost', nowMs: context.time.uptimeMs(), retryMs: delayMs, refused: refused });
    context.wake();
  };
  const onAcked = function (entry: Entry): void {
    if (entry.state === 'done') return;
    acked.messages += 1;
    acked.records += entry.records;
    recent.add(entry);
    sender.settle(entry);
    step({ type: 'proved' });
    context.wake();
  };
  const sayHello = function (nowMs: number): void {
    const hello = helloMessage(place(), context.models.table.hash, isIntroduced ? null : settings);
    wantsHello = false;
    helloTag = sender.newTag();
    helloAtMs = nowMs;
    transport.send(helloTag, 'st', hello);
  };
  /**
   * A gateway asks for a model it does not know before it acknowledges the hello, so from here on no data overtakes the model, and
   * acknowledged means stored, not parked (POU-ACK-4).
   */
  const onHelloAcked = function (): void {
    if (helloTag === noTag) return;
    helloTag = noTag;
    isIntroduced = true;
    hasToldAgain = false;
    sender.opened();
    context.wake();
  };
  const inbound: InboundContext = {
    store: context.store,
    sender: sender,
    recent: recent,
    nowMs: context.time.uptimeMs,
    delayMs: context.retryMs,
    learnTime: context.time.learn,
    onConsent: function (message: ConsentMessage): void {
      if (!context.takeConsent(message)) return;
      transport.send(noTag, 'up', consentAckMessage(place(), context.epoch(), message.subject));
    },
    onErase: context.erasures.take,
    onEraseReceipt: context.erasures.takeReceipt,
    tellChoices: function (): void {
      if (!hasToldAgain) context.teller.tellAgain();
      hasToldAgain = true;
    },
    onTakenBack: context.onTakenBack,
    onAcked: onAcked,
    onAckMessage: onHelloAcked,
    limitMessageBytes: context.limitMessageBytes,
    sendModel: function (hash: Uint8Array): void {
      const known = context.models.bytesFor(hash);
      if (known !== null) transport.send(noTag, 'up', modelMessage(known.hash, known.model));
    },
    resync: function (): void {
      isIntroduced = false;
      wantsHello = true;
    },
    stopSending: function (detail: string): void {
      lost(true, detail);
    },
    onNack: function (code: string, detail: string): void {
      problem = 'nack ' + code + ' ' + detail;
      context.log('warn', 'message.refused', code + ' ' + detail);
    },
  };
  const eventsOf = function (own: number): TransportEvents {
    return {
      onOpen: function (): void {
        if (own !== generation) return;
        step({ type: 'opened' });
        context.log('info', 'link.open', '');
        wantsHello = true;
        context.wake();
      },
      onClose: function (reason: CloseReason): void {
        if (own === generation) lost(reason.kind === 'refused', reason.kind + ': ' + reason.detail);
      },
      onAck: function (tag: number): void {
        if (own !== generation || tag === noTag) return;
        if (tag === helloTag) {
          onHelloAcked();
          return;
        }
        const entry = sender.acked(tag);
        if (entry !== null) onAcked(entry);
      },
      onMessage: function (bytes: Uint8Array): void {
        if (own !== generation) return;
        receive(inbound, bytes);
        context.wake();
      },
    };
  };
  const open = function (): void {
    generation += 1;
    const will = byeMessage(place(), ByeReason.lost);
    transport.open(will, eventsOf(generation));
  };
  const sendStatus = function (nowMs: number): number {
    if (settings.statusIntervalMs === 0) return Infinity;
    if (nowMs >= statusAtMs) {
      const losses = context.store.ledger.losses();
      let dropped = 0;
      for (let i = 0; i < losses.length; i++) dropped += losses[i];
      const state: { [key: number]: number } = {};
      state[StatusKey.accepted] = context.accepted();
      state[StatusKey.storageFailures] = context.store.disk.failures() + context.store.syncer.failures();
      state[StatusKey.outboxBytes] = context.store.disk.used();
      state[StatusKey.resent] = sender.counts().resent;
      const depth = context.store.outbox.liveMessages();
      const figures = { state: state, recordsDropped: dropped, queueDepth: depth };
      transport.send(noTag, 'up', statusMessage(place(), figures));
      statusAtMs = nowMs + settings.statusIntervalMs;
    }
    return statusAtMs;
  };
  const runOpen = function (nowMs: number): number {
    if (wantsHello) sayHello(nowMs);
    const pumpMs = helloTag === noTag ? sender.pump(nowMs) : Infinity;
    const silentMs =
      Math.min(sender.oldestSentMs(), helloTag === noTag ? Infinity : helloAtMs) + settings.ackTimeoutMs;
    if (nowMs >= silentMs) {
      lost(false, 'no answer for ' + settings.ackTimeoutMs + ' ms');
      return session.dueMs;
    }
    return Math.min(pumpMs, silentMs, helloTag === noTag ? sendStatus(nowMs) : Infinity);
  };
  return {
    run: function (nowMs: number): number {
      const retryMs =
        session.phase === 'connecting' && nowMs >= session.dueMs ? context.retryMs(session.failures + 1) : 0;
      step({ type: 'tick', nowMs: nowMs, connectTimeoutMs: settings.ackTimeoutMs, retryMs: retryMs });
      return session.phase === 'open' ? runOpen(nowMs) : session.dueMs;
    },
    stop: function (): void {
      if (session.phase === 'open') transport.send(noTag, 'st', byeMessage(place(), ByeReason.stopped));
      step({ type: 'stop' });
    },
    onDropped: function (): void {
      if (sender.dropDone()) lost(false, 'data on its way was taken back');
    },
    session: function (): Session {
      return session;
    },
    acked: function (): { messages: number; records: number } {
      return acked;
    },
    lastProblem: function (): string {
      return problem;
    },
  };
}
