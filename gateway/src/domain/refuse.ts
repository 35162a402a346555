import {
  codeName,
  encodeMessage,
  Kind,
  type NackMessage,
  toHex,
  type WireFailure,
} from '@usewire/protocol/wire';
import { countBy } from './counters.ts';
import { type Delivery, QUARANTINED, type Taken } from './delivery.ts';
import { bootName } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import { tellStored } from './tell-stored.ts';

/** Ids that a nack repeats, so that the device finds its message. */
export interface MessageRef {
  seq: number;
  boot: number | Uint8Array;
  modelHash?: Uint8Array;
}

/** Kept with its reason, acknowledged once that is durable, and the device is told. */
export function quarantineDelivery(
  context: IntakeContext,
  delivery: Delivery,
  failure: WireFailure,
  ref?: MessageRef,
): Taken {
  const { device, payload, link, receivedAtMs, seal } = delivery;
  const reason = codeName(failure.code);
  const detail = failure.offset > 0 ? `${failure.detail} (byte ${failure.offset})` : failure.detail;
  const { tenant, device: name } = device;
  const group = context.queue.gathering();
  const facts = { ...placeOf(delivery, ref), atByte: failure.offset, seal };
  group.quarantined.push({ tenant, device: name, receivedAtMs, reason, detail, link, ...facts, payload });
  countBy(context.counters.quarantined, reason);
  device.row.quarantined += 1;
  device.row.lastSeenMs = receivedAtMs;
  device.dirty = true;
  // After the commit: a nack must not tell of what may yet be lost.
  group.settled.push(() => sendNack(context, delivery, failure, ref));
  enqueue(context, delivery);
  return QUARANTINED;
}

/** Where a refused message came, and what could be read of who it is. */
export function placeOf(delivery: Delivery, ref: MessageRef | undefined) {
  const topic = delivery.onStatus ? 'st' : 'up';
  if (ref === undefined) return { topic };
  const madeWith = ref.modelHash === undefined ? '' : toHex(ref.modelHash).slice(0, 8);
  return { topic, boot: bootName(ref.boot), seq: ref.seq, madeWith };
}

/** The last step of every branch: the answer waits for the commit of what was put into the group. */
export function enqueue(context: IntakeContext, delivery: Delivery): void {
  const group = context.queue.gathering();
  if (delivery.parkedId !== undefined) {
    group.released.push(delivery.parkedId);
    context.counters.released += 1;
  }
  if (delivery.tellsStored === true) tellStored(context, delivery);
  if (delivery.target !== null) {
    group.targets.push(delivery.target);
    group.tokens.push(delivery.token);
  }
  context.queue.added(delivery.payload.length);
}

/** A broken device is told of its first faults, not of each of a million: nacks wait in memory when it does not read them. */
const MAX_NACKS = 100;
const NACK_WINDOW_MS = 10_000;

function mayNack(nacks: { sinceMs: number; count: number }, nowMs: number): boolean {
  if (Math.abs(nowMs - nacks.sinceMs) > NACK_WINDOW_MS) {
    nacks.sinceMs = nowMs;
    nacks.count = 0;
  }
  nacks.count += 1;
  return nacks.count <= MAX_NACKS;
}

/** Best effort, and not more than a device can have use for. */
export function sendNack(
  context: IntakeContext,
  delivery: Delivery,
  failure: Pick<WireFailure, 'code' | 'detail'>,
  ref: MessageRef | undefined,
  options?: { unsealed: boolean },
): void {
  if (!mayNack(delivery.device.nacks, context.clock.nowMs())) {
    context.counters.nacksHeldBack += 1;
    return;
  }
  const detail = failure.detail.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  const nack: NackMessage = { kind: Kind.nack, code: failure.code, detail };
  if (ref !== undefined) Object.assign(nack, { seq: ref.seq, boot: ref.boot });
  context.counters.nacks += 1;
  context.downlink.send(delivery.device, encodeMessage(nack), options);
}
