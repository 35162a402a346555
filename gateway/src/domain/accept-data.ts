import type { DataAccepted } from '@usewire/protocol/check';
import { Code, type DataMessage, decodeMessage, Kind, toHex, type WireFailure } from '@usewire/protocol/wire';
import { type Standing, standing } from './consent/consent-state.ts';
import { discard, leaveStale } from './consent/discard.ts';
import { mark } from './dedupe.ts';
import { type Delivery, TAKEN, type Taken } from './delivery.ts';
import { type BootEntry, bootOf } from './device-entry.ts';
import { ERASED, withoutErased } from './erasure/refuse-erased.ts';
import type { IntakeContext } from './intake-context.ts';
import { askForModel } from './model-request.ts';
import type { AdmittedMessage } from './ports.ts';
import { enqueue, type MessageRef, placeOf, quarantineDelivery } from './refuse.ts';
import { refuseSealed } from './refuse-sealed.ts';
import { levelFailure } from './seal-needs.ts';
import { timeOf } from './time-of.ts';

/** It waited in an outbox, nobody knows for how long. */
export const NOT_FRESH = { fresh: false, madeWithinMs: null };

/** kind 1, the hot path. The checker of the device's last message is tried first: it knows its own model's hash. */
export function acceptData(context: IntakeContext, delivery: Delivery): Taken {
  const { device, payload } = delivery;
  const checked = device.checker?.check(payload);
  if (checked !== undefined && checked.ok) return admit(context, delivery, checked, device.modelHash);
  if (checked !== undefined && checked.code !== Code.unknownModel) {
    return refuseData(context, delivery, checked);
  }
  return acceptByHash(context, delivery);
}

/** First message of a device, or another model than the one before. */
function acceptByHash(context: IntakeContext, delivery: Delivery): Taken {
  const { device, payload } = delivery;
  const decoded = decodeMessage(payload);
  if (!decoded.ok) return quarantineDelivery(context, delivery, decoded.error);
  const message = decoded.value as DataMessage;
  const modelHash = toHex(message.modelHash);
  const model = context.models.find(device.tenant, modelHash);
  if (model === undefined) return park(context, delivery, message);
  device.checker = model.checker;
  device.modelHash = modelHash;
  const checked = model.checker.check(payload);
  if (!checked.ok) return quarantineDelivery(context, delivery, checked, message);
  return admit(context, delivery, checked, modelHash);
}

/**
 * The checker stops where its model's message cannot go on; the code of a refusal is that of the first offence (POU-CBOR-14), whatever the
 * device has sent before.
 */
function refuseData(context: IntakeContext, delivery: Delivery, checked: WireFailure): Taken {
  const decoded = decodeMessage(delivery.payload);
  if (!decoded.ok) return quarantineDelivery(context, delivery, decoded.error);
  const ref = decoded.value.kind === Kind.data ? decoded.value : undefined;
  return quarantineDelivery(context, delivery, checked, ref);
}

/** Dedupes a message that passed its check, and puts it into the commit. `modelHash` = of the model that sinks are to read it with. */
export function admit(
  context: IntakeContext,
  delivery: Delivery,
  data: DataAccepted,
  modelHash: string,
): Taken {
  const { device, payload, receivedAtMs, seal = 0 } = delivery;
  const failure = levelFailure(context, delivery, modelHash, Kind.data);
  if (failure !== null) return refuseLevel(context, delivery, failure, data);
  const consent = data.consentPurposes === 0 ? 'covered' : consentOf(context, delivery, data);
  if (consent === 'stale') return leaveStale(context, delivery, data);
  const boot = bootOf(device, data.boot, receivedAtMs);
  delivery.boot = boot;
  const seen = mark(boot, data.seq);
  if (seen === 'too-many-gaps') return { ok: false, reason: seen };
  if (seen === 'duplicate') return answerDuplicate(context, delivery, boot);
  if (consent === 'missing') return discard(context, delivery, boot, data);
  const { uptimeMs, ageMs, clock } = data;
  const time = timeOf(context, device, boot, receivedAtMs, { uptimeMs, ageMs, clock, ...NOT_FRESH });
  const message: AdmittedMessage = {
    tenant: device.tenant,
    device: device.device,
    kind: Kind.data,
    boot: boot.name,
    seq: data.seq,
    receivedAtMs,
    time,
    modelHash,
    recordCount: data.recordCount,
    gapCount: data.gapCount,
    seal,
    payload,
    bootRef: boot.ref,
  };
  const left = device.erasures.length === 0 ? message : withoutErased(context, delivery, message, data);
  if (left === null) return discard(context, delivery, boot, data, ERASED);
  pushMessage(context, delivery, boot, left);
  // Now and not after the commit: a bye that follows must have the last word.
  if (delivery.parkedId === undefined) device.row.state = 'online';
  if (delivery.parkedId === undefined) device.row.lastDelayMs = receivedAtMs - (time.originMs + uptimeMs);
  return TAKEN;
}

/** What waited in quarantine has been acknowledged: the device cannot be asked about it any more. */
function consentOf(context: IntakeContext, delivery: Delivery, data: DataAccepted): Standing {
  if (delivery.parkedId === undefined) return standing(delivery.device.consent, data, delivery.receivedAtMs);
  const stands = standing(delivery.device.consent, data, context.clock.nowMs());
  return stands === 'stale' ? 'missing' : stands;
}

/** What waited for its model has been acknowledged: it cannot stay with the device any more. */
function refuseLevel(
  context: IntakeContext,
  delivery: Delivery,
  failure: WireFailure,
  ref: MessageRef,
): Taken {
  if (delivery.parkedId !== undefined) return quarantineDelivery(context, delivery, failure, ref);
  return refuseSealed(context, delivery, { ...failure, answer: failure.code }, ref);
}

/** Puts a message into the commit that is being gathered. */
export function pushMessage(
  context: IntakeContext,
  delivery: Delivery,
  boot: BootEntry,
  message: AdmittedMessage,
): void {
  const group = context.queue.gathering();
  group.messages.push(message);
  group.messageBoots.push(boot);
  group.messageDevices.push(delivery.device);
  if (delivery.target === null && delivery.parkedId === undefined) context.counters.unacknowledged += 1;
  enqueue(context, delivery);
}

export function answerDuplicate(context: IntakeContext, delivery: Delivery, boot: BootEntry): Taken {
  context.counters.duplicates += 1;
  delivery.device.row.duplicates += 1;
  const { row } = delivery.device;
  row.lastSeenMs = Math.max(row.lastSeenMs, delivery.receivedAtMs);
  delivery.device.dirty = true;
  boot.lastSeenMs = Math.max(boot.lastSeenMs, delivery.receivedAtMs);
  enqueue(context, delivery);
  return TAKEN;
}

/**
 * A model that nobody has told us: the message is kept as it is and acknowledged, the device is asked for the model. Above the bound it
 * is not acknowledged: pushing out an acknowledged message would lose it.
 */
function park(context: IntakeContext, delivery: Delivery, message: DataMessage): Taken {
  const { device, payload, link, receivedAtMs, seal } = delivery;
  const modelHash = toHex(message.modelHash);
  const failure = levelFailure(context, delivery, modelHash, Kind.data);
  if (failure !== null) return refuseLevel(context, delivery, failure, message);
  askForModel(context, device, modelHash, receivedAtMs);
  if (delivery.parkedId !== undefined) return TAKEN;
  if (device.parkedBytes + payload.length > context.options.maxParkedBytes) {
    return { ok: false, reason: 'parked-full' };
  }
  device.parkedBytes += payload.length;
  device.row.quarantined += 1;
  device.row.lastSeenMs = receivedAtMs;
  device.dirty = true;
  const { tenant, device: name } = device;
  const detail = `no model with hash ${modelHash} is known; the device has been asked for it`;
  const reason = 'unknownModel';
  const head = { tenant, device: name, receivedAtMs, reason, detail, link, seal };
  const entry = { ...head, ...placeOf(delivery, message), modelHash, payload };
  context.queue.gathering().quarantined.push(entry);
  context.counters.quarantined[reason] = (context.counters.quarantined[reason] ?? 0) + 1;
  enqueue(context, delivery);
  return TAKEN;
}
