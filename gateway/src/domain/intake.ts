import {
  Code,
  consumesSeq,
  decodeMessage,
  Kind,
  type Message,
  toHex,
  type WireFailure,
} from '@usewire/protocol/wire';
import { acceptData } from './accept-data.ts';
import { acceptModel } from './accept-model.ts';
import { acceptContent, acceptReport } from './accept-report.ts';
import type { Delivery, Taken } from './delivery.ts';
import type { IntakeContext } from './intake-context.ts';
import { openSeal } from './open-seal.ts';
import { type MessageRef, quarantineDelivery } from './refuse.ts';
import { refuseSealed } from './refuse-sealed.ts';
import { levelFailure } from './seal-needs.ts';

/**
 * One payload of an authenticated device: open its seal, decode and check, dedupe, into the commit that is being gathered.
 * Whatever it contains, it never throws and never asks for a disconnect because of its content: a device that is
 * disconnected for a bad message sends it again for ever.
 */
export function takeIn(context: IntakeContext, delivery: Delivery): Taken {
  const refused = openSeal(context, delivery);
  if (refused !== null) return refused;
  const { payload } = delivery;
  if (delivery.onStatus) return takeStatus(context, delivery);
  // Deterministic order puts the kind first: map head, label 0, kind.
  if (payload.length > 2 && payload[1] === 0 && payload[2] === Kind.data)
    return acceptData(context, delivery);
  const decoded = decodeMessage(payload);
  if (!decoded.ok) return quarantineDelivery(context, delivery, decoded.error);
  return byKind(context, delivery, decoded.value);
}

/** What is on the status topic is retained for others to see: it must be a status. */
function takeStatus(context: IntakeContext, delivery: Delivery): Taken {
  const decoded = decodeMessage(delivery.payload);
  if (!decoded.ok) return quarantineDelivery(context, delivery, decoded.error);
  const { kind } = decoded.value;
  if (kind === Kind.hello || kind === Kind.bye) return byKind(context, delivery, decoded.value);
  const detail = `kind ${kind} belongs on the topic 'up', not on 'st'`;
  return quarantineDelivery(context, delivery, { code: Code.schema, offset: 0, detail });
}

function byKind(context: IntakeContext, delivery: Delivery, message: Message): Taken {
  const failure =
    message.kind === Kind.data
      ? null
      : levelFailure(context, delivery, modelOf(delivery, message), message.kind);
  if (failure !== null)
    return refuseSealed(context, delivery, { ...failure, answer: failure.code }, refOf(message));
  return accept(context, delivery, message);
}

/** The model whose sensitivity counts: what a hello names, else what the device has named last. */
function modelOf({ device }: Delivery, message: Message): string {
  return message.kind === Kind.hello
    ? toHex(message.modelHash).slice(0, 8)
    : device.row.modelHash.slice(0, 8);
}

/** Only of what has a number of its own: the number of a report is that of a message to come. */
function refOf(message: Message): MessageRef | undefined {
  if (!consumesSeq(message.kind) || !('boot' in message) || !('seq' in message)) return undefined;
  const { boot, seq } = message;
  return boot === undefined || seq === undefined ? undefined : { boot, seq };
}

function accept(context: IntakeContext, delivery: Delivery, message: Message): Taken {
  switch (message.kind) {
    case Kind.hello:
    case Kind.status:
    case Kind.bye:
    case Kind.consentAck:
    case Kind.configAck:
      return acceptReport(context, delivery, message);
    case Kind.choice:
    case Kind.eraseAck:
    case Kind.export:
    case Kind.eraseReq:
      return acceptContent(context, delivery, message);
    case Kind.model:
    case Kind.modelReq:
      return acceptModel(context, delivery, message);
    case Kind.data:
      return acceptData(context, delivery);
    default:
      return quarantineDelivery(context, delivery, downOnly(message.kind));
  }
}

function downOnly(kind: number): WireFailure {
  return { code: Code.schema, offset: 0, detail: `kind ${kind} is for devices, not from them` };
}
