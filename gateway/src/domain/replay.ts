import { acceptData } from './accept-data.ts';
import type { IntakeContext } from './intake-context.ts';
import type { OwnedModel } from './models.ts';
import type { QuarantineEntry } from './ports.ts';

const AT_ONCE = 200;

/** Takes in the messages that were parked for a model, oldest first. Each leaves quarantine in the commit that stores it. */
export function replayParked(context: IntakeContext, owned: OwnedModel): void {
  const { model } = owned;
  const entries = parkedFor(context, owned);
  let taken = 0;
  for (const entry of entries) taken += replay(context, entry) ? 1 : 0;
  if (taken === 0) return;
  context.log.info('model.replayed', { product: model.table.product, messages: taken });
  if (entries.length === AT_ONCE) {
    context.queue.gathering().settled.push(() => replayParked(context, owned));
    context.queue.added(0);
  }
}

/** A store that cannot be read now is asked again behind the next commit: these messages were acknowledged. */
function parkedFor(context: IntakeContext, owned: OwnedModel): QuarantineEntry[] {
  const { tenant, model } = owned;
  try {
    return context.store.parked({ tenant, modelHash: model.hash.slice(0, 8) }, AT_ONCE);
  } catch (error) {
    context.log.warn('model.replay.failed', { product: model.table.product, problem: String(error) });
    context.queue.gathering().settled.push(() => replayParked(context, owned));
    return [];
  }
}

/** A model that comes twice finds the same messages twice: until the commit that releases them they stay in the store. */
function replay(context: IntakeContext, entry: QuarantineEntry): boolean {
  if (context.releasing.has(entry.id)) return false;
  const device = context.devices.entry(entry, entry.receivedAtMs);
  device.parkedBytes = Math.max(0, device.parkedBytes - entry.payload.length);
  const { payload, link, receivedAtMs, seal, id: parkedId } = entry;
  const none = { target: null, token: 0, linkAgeMs: null };
  const delivery = { device, payload, link, ...none, receivedAtMs, seal, parkedId };
  const group = context.queue.gathering();
  if (!acceptData(context, delivery).ok) return false;
  context.releasing.add(parkedId);
  group.settled.push(() => context.releasing.delete(parkedId));
  return true;
}
