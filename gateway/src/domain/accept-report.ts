import {
  type ByeMessage,
  type ChoiceMessage,
  Code,
  type ConfigAckMessage,
  type ConsentAckMessage,
  type EraseAckMessage,
  type EraseReqMessage,
  type ExportMessage,
  encodeMessage,
  type HelloMessage,
  Kind,
  type StatusMessage,
  toHex,
} from '@usewire/protocol/wire';
import { answerDuplicate, NOT_FRESH, pushMessage } from './accept-data.ts';
import { isStale, noteAnnouncement } from './announcement.ts';
import { acceptConsentAck } from './consent/accept-ack.ts';
import { onDeviceChoice } from './consent/decide.ts';
import { expire } from './consent/expire.ts';
import { NO_NOTICE } from './consent/ledger-entry.ts';
import { tellAtHello, tellOwed } from './consent/tell-device.ts';
import { mark } from './dedupe.ts';
import { type Delivery, TAKEN, type Taken } from './delivery.ts';
import { type BootEntry, bootName, bootOf } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import { askForModel } from './model-request.ts';
import type { DeviceChange, DeviceState, TimeMapping } from './ports.ts';
import { enqueue, quarantineDelivery } from './refuse.ts';
import { timeOf } from './time-of.ts';

type Report = HelloMessage | StatusMessage | ByeMessage | ConsentAckMessage | ConfigAckMessage;
export type Content = ChoiceMessage | EraseAckMessage | ExportMessage | EraseReqMessage;

/** Reason of the bye that a device leaves as its will. */
const REASON_LOST = 9;

/** Kinds whose label 1 is the next sequence number: they say how the device is, and what should have arrived by now. */
export function acceptReport(context: IntakeContext, delivery: Delivery, message: Report): Taken {
  const { device, receivedAtMs } = delivery;
  const stale = delivery.seal ? staleAnswer(context, delivery, message) : null;
  if (stale !== null) return stale;
  const boot = bootOf(device, message.boot, receivedAtMs, message.kind === Kind.hello);
  delivery.boot = boot;
  boot.nextSeq = Math.max(boot.nextSeq, message.seq);
  boot.lastSeenMs = receivedAtMs;
  boot.dirty = true;
  timeOfReport(context, delivery, boot, message);
  if (message.kind === Kind.hello) greet(context, delivery, message);
  if (message.kind === Kind.consentAck) acceptConsentAck(context, device, message);
  if (!isWill(message)) noteAnnouncement(device, message);
  if (boot === device.current) applyChange(context, delivery, changeOf(delivery, boot, message));
  context.counters.reports += 1;
  enqueue(context, delivery);
  return TAKEN;
}

function isWill(message: Report): boolean {
  return message.kind === Kind.bye && message.reason === REASON_LOST;
}

/** Null unless it is older than what is known. The will of a connection that a newer one has replaced is no attack: it says nothing any more. */
function staleAnswer(context: IntakeContext, delivery: Delivery, message: Report): Taken | null {
  if (!isStale(delivery.device, message, isWill(message))) return null;
  if (!isWill(message)) {
    const detail = 'older than the latest word of the device';
    return quarantineDelivery(context, delivery, { code: Code.replayed, offset: 0, detail });
  }
  context.counters.reports += 1;
  enqueue(context, delivery);
  return TAKEN;
}

function timeOfReport(context: IntakeContext, delivery: Delivery, boot: BootEntry, message: Report): void {
  // A will was made when the connection began: its uptime says nothing of now.
  if (isWill(message)) return;
  const clock = message.kind === Kind.hello || message.kind === Kind.status ? message.clock : undefined;
  // A status may have waited behind other messages of a link that stalls; a hello is the first word on its link.
  const madeWithinMs = message.kind === Kind.hello ? delivery.linkAgeMs : null;
  // What may have waited in a broker says as little of now as what waited in an outbox.
  const fresh = delivery.linkAgeMs !== null;
  const facts = { uptimeMs: message.uptimeMs, ageMs: 0, clock, fresh, madeWithinMs };
  timeOf(context, delivery.device, boot, delivery.receivedAtMs, facts);
}

function stateOf(message: Report): DeviceState {
  if (message.kind !== Kind.bye) return 'online';
  return isWill(message) ? 'lost' : 'offline';
}

function changeOf(delivery: Delivery, boot: BootEntry, message: Report): DeviceChange {
  const { tenant, device, seal } = delivery.device;
  const change: DeviceChange = { tenant, device, lastSeenMs: delivery.receivedAtMs };
  change.boot = boot.name;
  change.nextSeq = boot.nextSeq;
  change.state = stateOf(message);
  if (seal.latest !== null) change.announcedMs = seal.latest.uptimeMs;
  if (message.kind !== Kind.hello) return change;
  change.modelHash = toHex(message.modelHash);
  if (message.hardware) Object.assign(change, { hw: message.hardware.hw, sw: message.hardware.sw });
  return change;
}

function applyChange(context: IntakeContext, delivery: Delivery, change: DeviceChange): void {
  Object.assign(delivery.device.row, change);
  delivery.device.dirty = true;
  context.queue.gathering().devices.push(change);
}

/** What a device wants to know when it comes: whether its model is known, and the time when it asks with a nonce. */
function greet(context: IntakeContext, delivery: Delivery, message: HelloMessage): void {
  tellAtHello(context, delivery.device);
  const hash = toHex(message.modelHash);
  const model = context.models.find(delivery.device.tenant, hash.slice(0, 8));
  if (!model?.hash.startsWith(hash)) askForModel(context, delivery.device, hash, delivery.receivedAtMs, true);
  if (delivery.device.erasures.length > 0) context.erasures.greet(delivery.device);
  if (message.nonce === undefined) return;
  const clock = { unixMs: context.clock.nowMs(), quality: 3 };
  context.downlink.send(delivery.device, encodeMessage({ kind: Kind.time, clock, nonce: message.nonce }));
}

/** Kinds that consume a sequence number: stored once, like data. */
export function acceptContent(context: IntakeContext, delivery: Delivery, message: Content): Taken {
  const { device, payload, receivedAtMs } = delivery;
  const boot = bootOf(device, message.boot, receivedAtMs);
  delivery.boot = boot;
  const seen = mark(boot, message.seq);
  if (seen === 'too-many-gaps') return { ok: false, reason: seen };
  if (seen === 'duplicate') return answerDuplicate(context, delivery, boot);
  const facts = { uptimeMs: message.uptimeMs, ageMs: 0, clock: undefined, ...NOT_FRESH };
  const time: TimeMapping = timeOf(context, device, boot, receivedAtMs, facts);
  const { tenant, device: name } = device;
  const modelHash = message.kind === Kind.export ? toHex(message.modelHash).slice(0, 8) : '';
  const head = { tenant, device: name, kind: message.kind, boot: boot.name, seq: message.seq };
  const counts = { recordCount: 0, gapCount: 0, seal: delivery.seal ?? 0 };
  if (message.kind === Kind.choice)
    keepChoice(context, delivery, message, Math.round(time.originMs + message.uptimeMs));
  if (message.kind === Kind.eraseReq) context.erasures.askedBy(device, message);
  if (message.kind === Kind.eraseAck) context.erasures.acked(device, message);
  pushMessage(context, delivery, boot, { ...head, receivedAtMs, time, modelHash, ...counts, payload });
  return TAKEN;
}

/** It becomes part of the ledger in the commit that stores the message. */
function keepChoice(
  context: IntakeContext,
  { device, receivedAtMs }: Delivery,
  message: ChoiceMessage,
  atMs: number,
): void {
  const { consents, queue } = context;
  expire(context, device);
  const { subject, epoch: base, seq } = message;
  const { validForMs } = consents.terms;
  const validUntilMs = validForMs === null ? null : atMs + validForMs;
  const choice = { subject, base, choices: { ...message.choices }, validUntilMs };
  const drafts = onDeviceChoice(device.consent, choice);
  const boot = bootName(message.boot);
  const facts = { by: '', notice: NO_NOTICE, atMs, receivedAtMs, boot, seq };
  const group = queue.gathering();
  consents.append(group, device, drafts, facts);
  if (drafts.some(({ how }) => how !== 'device')) group.settled.push(() => tellOwed(context, device));
}
