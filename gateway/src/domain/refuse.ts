import { codeName, encodeMessage, Kind, type NackMessage, type WireFailure } from '@usewire/protocol/wire';
import { countBy } from './counters.ts';
import { type Delivery, QUARANTINED, type Taken } from './delivery.ts';
import type { IntakeContext } from './intake.ts';

/** Ids that a nack repeats, so that the device finds its message. */
export interface MessageRef {
  seq: number;
  boot: number | Uint8Array;
}

/** Kept with its reason, acknowledged once that is durable, and the device is told. */
export function quarantineDelivery(
  context: IntakeContext,
  delivery: Delivery,
  failure: WireFailure,
  ref?: MessageRef,
): Taken {
  const { device, payload, link, receivedAtMs } = delivery;
  const reason = codeName(failure.code);
  const detail = failure.offset > 0 ? `${failure.detail} (byte ${failure.offset})` : failure.detail;
  const { tenant, device: name } = device;
  const group = context.queue.gathering();
  group.quarantined.push({ tenant, device: name, receivedAtMs, reason, detail, link, payload });
  countBy(context.counters.quarantined, reason);
  device.row.quarantined += 1;
  device.row.lastSeenMs = receivedAtMs;
  device.dirty = true;
  // After the commit: a nack must not tell of what may yet be lost.
  group.settled.push(() => sendNack(context, delivery, failure, ref));
  enqueue(context, delivery);
  return QUARANTINED;
}

/** The last step of every branch: the answer waits for the commit of what was put into the group. */
export function enqueue(context: IntakeContext, delivery: Delivery): void {
  const group = context.queue.gathering();
  if (delivery.parkedId !== undefined) {
    group.released.push(delivery.parkedId);
    context.counters.released += 1;
  }
  if (delivery.target !== null) {
    group.targets.push(delivery.target);
    group.tokens.push(delivery.token);
  }
  context.queue.added(delivery.payload.length);
}

function sendNack(
  context: IntakeContext,
  delivery: Delivery,
  failure: WireFailure,
  ref: MessageRef | undefined,
): void {
  const detail = failure.detail.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  const nack: NackMessage = { kind: Kind.nack, code: failure.code, detail };
  if (ref !== undefined) Object.assign(nack, { seq: ref.seq, boot: ref.boot });
  context.counters.nacks += 1;
  context.downlink.send(delivery.device, encodeMessage(nack));
}
