import {
  Code,
  encodeMessage,
  fromHex,
  Kind,
  type ModelMessage,
  type ModelReqMessage,
  toHex,
} from '@usewire/protocol/wire';
import { type Delivery, TAKEN, type Taken } from './delivery.ts';
import type { IntakeContext } from './intake-context.ts';
import type { KnownModel } from './models.ts';
import { enqueue, quarantineDelivery } from './refuse.ts';
import { replayParked } from './replay.ts';

/** kind 13: a device tells a model; kind 12: it asks for one. */
export function acceptModel(
  context: IntakeContext,
  delivery: Delivery,
  message: ModelMessage | ModelReqMessage,
): Taken {
  if (message.kind === Kind.modelReq) return answerRequest(context, delivery, message);
  const added = context.models.add(message.model);
  if (!added.ok)
    return quarantineDelivery(context, delivery, { code: Code.schema, offset: 0, detail: added.reason });
  const { model } = added;
  if (!model.hash.startsWith(toHex(message.modelHash))) {
    const detail = `label 4 is not the hash of the model, which is ${model.hash.slice(0, 16)}...`;
    return quarantineDelivery(context, delivery, { code: Code.schema, offset: 0, detail });
  }
  const group = context.queue.gathering();
  if (added.isNew) {
    group.models.push({ hash: model.hash, bytes: model.bytes, receivedAtMs: delivery.receivedAtMs });
    context.log.info('model.registered', { product: model.table.product, hash: model.hash });
  }
  // Parked messages are looked for after this commit: those of earlier groups are in the store by then.
  group.settled.push(() => replayParked(context, model));
  context.counters.reports += 1;
  enqueue(context, delivery);
  return TAKEN;
}

function answerRequest(context: IntakeContext, delivery: Delivery, message: ModelReqMessage): Taken {
  const hash = toHex(message.modelHash);
  const model = context.models.find(hash.slice(0, 8));
  if (model?.hash.startsWith(hash)) context.downlink.send(delivery.device, encodeModel(model));
  context.counters.reports += 1;
  enqueue(context, delivery);
  return TAKEN;
}

function encodeModel(model: KnownModel): Uint8Array {
  return encodeMessage({
    kind: Kind.model,
    modelHash: fromHex(model.hash.slice(0, 16))!,
    model: model.bytes,
  });
}
