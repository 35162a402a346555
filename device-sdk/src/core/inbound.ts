import { codeClass, codeName, decodeLabels } from '@usewire/protocol/wire';
import { type Boot, bootKey } from './boot.ts';
import { invalid, overflow } from './losses.ts';
import { amountOf, type Entry } from './message.ts';
import type { Sender } from './sender.ts';
import type { Store } from './store.ts';

/** What messages from the gateway do. */
export interface InboundContext {
  store(): Store;
  sender: Sender;
  nowMs(): number;
  /** A delay before the same bytes go again, growing with `attempt`. */
  retryMs(attempt: number): number;
  learnTime(unixMs: number, boundMs: number | undefined): void;
  sendModel(hash: Uint8Array): void;
  /** Say hello again, whole: the gateway lost what it knew. */
  resync(): void;
  /** The gateway does not let this device send. */
  stopSending(detail: string): void;
  onAcked(entry: Entry): void;
  /** An ack message, whatever it covers: on links without acknowledgements of their own it answers the hello. */
  onAckMessage(): void;
  onNack(detail: string): void;
}

/** A message that was refused this often for a cause that should have passed is refused for good. */
const maxAttempts = 8;
const maxRecent = 64;

export interface Inbound {
  /** Bytes that are no message of POU 1, and kinds this device does not act on, change nothing. */
  receive(bytes: Uint8Array): void;
  acked(entry: Entry): void;
}

export function createInbound(context: InboundContext): Inbound {
  /** Acknowledged last: a gateway acknowledges a bad message too, and its nack may come after that. */
  let recent: Entry[] = [];

  const find = (entries: Entry[], boot: string, seq: unknown): Entry | undefined =>
    entries.filter((entry) => entry.seq === seq && bootKey(entry.boot) === boot)[0];
  /** Only what was sent can be acknowledged; a range that covers more must not free it. */
  const onAck = (boot: string, nextSeq: number, ranges: number[][]): void => {
    const entries = context.sender.inFlight();
    for (let i = 0; i < entries.length; i++) {
      const seq = entries[i].seq;
      const isCovered = seq < nextSeq || ranges.some((range) => seq >= range[0] && seq <= range[1]);
      if (isCovered && entries[i].attempts > 0 && bootKey(entries[i].boot) === boot)
        context.onAcked(entries[i]);
    }
    context.onAckMessage();
  };
  const onRefused = (entry: Entry, action: string, retryAfterMs: number | undefined): void => {
    const isLater =
      action === 'retry' || action === 'stop' || (action === 'resync' && entry.attempts < maxAttempts);
    if (isLater) {
      const delayMs = retryAfterMs === undefined ? context.retryMs(entry.attempts) : retryAfterMs;
      context.sender.retryAt(entry, context.nowMs() + delayMs);
      if (action === 'retry')
        context.sender.heldUntilMs = Math.max(context.sender.heldUntilMs, entry.notBeforeMs);
    } else if (action === 'split') {
      context.store().limitMessageBytes(entry.bytes);
      context.store().giveUp(entry, overflow);
    } else context.store().giveUp(entry, invalid);
  };
  const onNack = (boot: string, seq: unknown, code: number, retryAfterMs?: number, detail?: string): void => {
    const action = codeClass(code);
    const text = 'nack ' + codeName(code) + ' ' + (detail || '');
    const entry = find(context.sender.inFlight(), boot, seq);
    const former = find(recent, boot, seq);
    context.onNack(text);
    if (entry !== undefined) onRefused(entry, action, retryAfterMs);
    else if (former !== undefined) {
      recent = recent.filter((each) => each !== former);
      context.store().losses.owe(invalid, amountOf(former), -1);
    }
    if (action === 'resync') context.resync();
    else if (action === 'stop') context.stopSending(text);
  };
  return {
    // Kinds and labels of SPEC.md sections 2 and 3.
    receive: (bytes) => {
      const message = decodeLabels(bytes);
      if (message === null) return;
      const boot = message[2] === undefined ? '' : bootKey(message[2] as Boot);
      if (message[0] === 4) onAck(boot, message[16] as number, (message[17] || []) as number[][]);
      else if (message[0] === 5)
        onNack(boot, message[1], message[18] as number, message[19] as number, message[20] as string);
      else if (message[0] === 6) {
        const clock = message[6] as number[];
        context.learnTime(clock[0], clock[2]);
      } else context.sendModel(message[4] as Uint8Array);
    },
    acked: (entry) => {
      recent = recent.slice(1 - maxRecent).concat([entry]);
    },
  };
}
