import { Code, decodeMessage, Kind, type Message, type WireFailure } from '@usewire/protocol/wire';
import { acceptData } from './accept-data.ts';
import { acceptModel } from './accept-model.ts';
import { acceptContent, acceptReport } from './accept-report.ts';
import type { Delivery, Taken } from './delivery.ts';
import type { IntakeContext } from './intake-context.ts';
import { quarantineDelivery } from './refuse.ts';

/**
 * One payload of an authenticated device: decode and check, dedupe, into the commit that is being gathered.
 * Whatever it contains, it never throws and never asks for a disconnect because of its content: a device that is
 * disconnected for a bad message sends it again for ever.
 */
export function takeIn(context: IntakeContext, delivery: Delivery): Taken {
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
