import {
  Code,
  encodeMessage,
  fromHex,
  Kind,
  type ModelMessage,
  type ModelReqMessage,
  toHex,
} from '@usewire/protocol/wire';
import { countBy } from './counters.ts';
import { type Delivery, TAKEN, type Taken } from './delivery.ts';
import type { IntakeContext } from './intake-context.ts';
import type { KnownModel, ModelRefusal } from './models.ts';
import { enqueue, quarantineDelivery } from './refuse.ts';
import { replayParked } from './replay.ts';

/** kind 13: a device tells a model; kind 12: it asks for one. */
export function acceptModel(
  context: IntakeContext,
  delivery: Delivery,
  message: ModelMessage | ModelReqMessage,
): Taken {
  if (message.kind === Kind.modelReq) return answerRequest(context, delivery, message);
  const { tenant } = delivery.device;
  const added = context.models.tell(tenant, message.model, toHex(message.modelHash));
  if (!added.ok) return refuseModel(context, delivery, added);
  const { model } = added;
  const group = context.queue.gathering();
  if (added.isNew) {
    const { hash, bytes } = model;
    group.models.push({ tenant, hash, bytes, receivedAtMs: delivery.receivedAtMs });
    context.modelTold?.(tenant, model);
    context.log.info('model.registered', { tenant, product: model.table.product, hash });
  }
  // Parked messages are looked for after this commit: those of earlier groups are in the store by then.
  group.settled.push(() => replayParked(context, { tenant, model }));
  context.counters.reports += 1;
  enqueue(context, delivery);
  return TAKEN;
}

/** The operator is told of what lacks room: only they can give more, or the models themselves. */
function refuseModel(context: IntakeContext, delivery: Delivery, refusal: ModelRefusal): Taken {
  const { cause, reason: detail } = refusal;
  const { tenant, device } = delivery.device;
  const { modelsRefused } = context.counters;
  const isTold = (modelsRefused[cause] ?? 0) % TELL_EVERY > 0;
  countBy(modelsRefused, cause);
  if (!isTold) context.log.warn('model.refused', { tenant, device, cause, reason: detail });
  return quarantineDelivery(context, delivery, { code: Code.schema, offset: 0, detail });
}

/** The first one, and one of so many: a device that goes on must not fill the log. */
const TELL_EVERY = 1_000;

function answerRequest(context: IntakeContext, delivery: Delivery, message: ModelReqMessage): Taken {
  const hash = toHex(message.modelHash);
  const model = context.models.find(delivery.device.tenant, hash.slice(0, 8));
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
