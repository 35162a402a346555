import {
  type AckMessage,
  Code,
  type ConsentMessage,
  codeClass,
  codeName,
  decodeDeviceMessage,
  type EraseMessage,
  type EraseReceiptMessage,
  Kind,
  type NackMessage,
} from '@usewire/protocol/wire';
import { bootOf } from './boot.ts';
import { Cause } from './marks.ts';
import type { Entry } from './message-entry.ts';
import type { WallTime } from './ports.ts';
import type { Sender } from './sender.ts';
import type { Store } from './store.ts';

/** What messages from the gateway do. */
export interface InboundContext {
  store: Store;
  sender: Sender;
  nowMs: () => number;
  /** A delay before the same bytes go again, growing with `attempt`. */
  delayMs: (attempt: number) => number;
  learnTime: (time: WallTime) => void;
  sendModel: (hash: Uint8Array) => void;
  /** Say hello again, whole: the gateway lost what it knew. */
  resync: () => void;
  /** The gateway does not let this device send. */
  stopSending: (detail: string) => void;
  onConsent: (message: ConsentMessage) => void;
  onErase: (message: EraseMessage) => void;
  onEraseReceipt: (message: EraseReceiptMessage) => void;
  /** The gateway does not know a consent epoch of this device. */
  tellChoices: () => void;
  /** Records that people's choices took back at the gateway: gone, and told to nobody. */
  onTakenBack: (records: number) => void;
  onAcked: (entry: Entry) => void;
  /** An ack message, whatever it covers: on links without acknowledgements of their own it answers the hello. */
  onAckMessage: () => void;
  onNack: (code: string, detail: string) => void;
  limitMessageBytes: (length: number) => void;
  recent: RecentAcks;
}

/** What was acknowledged last: a gateway acknowledges a bad message too, and its nack may come after that. */
export interface RecentAcks {
  add(entry: Entry): void;
  /** Records and losses that the message held, once; 0 when it is not among the last. */
  take(bootKey: string, seq: number): number;
}

const maxRecent = 64;

export function createRecentAcks(): RecentAcks {
  let recent: { key: string; amount: number }[] = [];
  const keyOf = function (bootKey: string, seq: number): string {
    return bootKey + '/' + seq;
  };
  return {
    add: function (entry: Entry): void {
      recent.push({ key: keyOf(entry.boot.key, entry.seq), amount: entry.records + entry.lost });
      if (recent.length > 2 * maxRecent) recent = recent.slice(maxRecent);
    },
    take: function (bootKey: string, seq: number): number {
      const key = keyOf(bootKey, seq);
      for (let i = 0; i < recent.length; i++) {
        if (recent[i].key === key) return recent.splice(i, 1)[0].amount;
      }
      return 0;
    },
  };
}

/** A message that was refused this often for a cause that should have passed is refused for good. */
const maxAttempts = 8;

/** Takes a refused message out, and tells what it held. */
function giveUp(context: InboundContext, entry: Entry, cause: 1 | 4): void {
  context.store.ledger.owe(cause, entry.records + entry.lost, entry.seq);
  context.sender.settle(entry);
  context.store.ledger.commit();
}

function later(context: InboundContext, entry: Entry, retryAfterMs: number | undefined): void {
  const delayMs = retryAfterMs === undefined ? context.delayMs(entry.attempts) : retryAfterMs;
  context.sender.retryAt(entry, context.nowMs() + delayMs);
}

/** What consent refuses is not a loss: no gap tells of it. */
function isTakenBack(code: number): boolean {
  return code === Code.consentMissing || code === Code.subjectErased;
}

function takeBack(context: InboundContext, entry: Entry): void {
  context.onTakenBack(entry.records);
  context.store.ledger.owe(Cause.evicted, entry.lost, -1);
  context.sender.settle(entry);
  context.store.ledger.commit();
}

function onNackedEntry(context: InboundContext, entry: Entry, nack: NackMessage): void {
  const what = codeClass(nack.code);
  if (what === 'retry') {
    later(context, entry, nack.retryAfterMs);
    context.sender.holdUntil(entry.notBeforeMs);
  } else if (what === 'stop') later(context, entry, undefined);
  else if (what === 'split') {
    context.limitMessageBytes(entry.length);
    giveUp(context, entry, Cause.overflow);
  } else if (what === 'resync' && entry.attempts < maxAttempts) later(context, entry, nack.retryAfterMs);
  else if (isTakenBack(nack.code) || nack.code === Code.consentStale) takeBack(context, entry);
  else giveUp(context, entry, Cause.invalid);
}

function onNack(context: InboundContext, nack: NackMessage): void {
  const what = codeClass(nack.code);
  const detail = nack.detail === undefined ? '' : nack.detail;
  context.onNack(codeName(nack.code), detail);
  if (nack.seq !== undefined && nack.boot !== undefined) {
    const bootKey = bootOf(nack.boot).key;
    const entry = context.sender.find(bootKey, nack.seq);
    if (entry !== null) onNackedEntry(context, entry, nack);
    else {
      const amount = context.recent.take(bootKey, nack.seq);
      if (isTakenBack(nack.code)) context.onTakenBack(amount);
      else context.store.ledger.owe(Cause.invalid, amount, nack.seq);
    }
  }
  if (nack.code === Code.consentStale) context.tellChoices();
  if (what === 'resync') context.resync();
  else if (what === 'stop') context.stopSending(codeName(nack.code) + ' ' + detail);
}

function isCovered(ack: AckMessage, seq: number): boolean {
  if (seq < ack.nextSeq) return true;
  const ranges = ack.ranges || [];
  for (let i = 0; i < ranges.length; i++) {
    if (seq >= ranges[i][0] && seq <= ranges[i][1]) return true;
  }
  return false;
}

/** Only what was sent can be acknowledged; a range that covers more must not free it. */
function onAck(context: InboundContext, ack: AckMessage): void {
  const bootKey = bootOf(ack.boot).key;
  const entries = context.sender.inFlight();
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry.attempts > 0 && entry.boot.key === bootKey && isCovered(ack, entry.seq)) context.onAcked(entry);
  }
  context.onAckMessage();
}

/** Bytes that are no message of POU 1, and kinds this device does not act on yet, change nothing. */
export function receive(context: InboundContext, bytes: Uint8Array): void {
  const message = decodeDeviceMessage(bytes);
  if (message === null) return;
  if (message.kind === Kind.ack) onAck(context, message);
  else if (message.kind === Kind.nack) onNack(context, message);
  else if (message.kind === Kind.time) context.learnTime(message.clock as WallTime);
  else if (message.kind === Kind.consent) context.onConsent(message);
  else if (message.kind === Kind.erase) context.onErase(message);
  else if (message.kind === Kind.eraseReceipt) context.onEraseReceipt(message);
  else if (message.kind === Kind.modelReq) context.sendModel(message.modelHash);
}
