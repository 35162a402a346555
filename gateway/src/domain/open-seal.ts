import { open, peekLevel } from '@usewire/protocol/seal';
import { Code, type CodeNumber, codeClass } from '@usewire/protocol/wire';
import { countBy } from './counters.ts';
import type { Delivery, Taken } from './delivery.ts';
import { bootName, type DeviceEntry, restoreBoot } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import { quarantineDelivery } from './refuse.ts';
import { refuseSealed } from './refuse-sealed.ts';
import { type DeviceSeal, sealMark } from './seal-state.ts';

/**
 * The step between topic and check: the payload becomes the message in the frame. Null = go on with it. A device that has keys must
 * use them; one that has none passes as it is, and what may come without a seal is judged when its model is known (`levelFailure`).
 */
export function openSeal(context: IntakeContext, delivery: Delivery): Taken | null {
  const { device, payload } = delivery;
  const registered = registeredOf(context, device, delivery.receivedAtMs);
  if (registered === 'unavailable') return { ok: false, reason: 'seal-unavailable' };
  if (registered === null) return isSealed(payload) ? noKeys(context, delivery) : null;
  const opened = open(payload, {
    tenant: device.tenant,
    device: device.device,
    direction: 'up',
    keys: registered.keys,
    // The level that is needed is judged with the model; here it is enough that the frame is what it says.
    minimum: 0,
  });
  const { keyGeneration } = opened.ok ? opened.value : opened.error;
  if (keyGeneration !== null) prove(context, device, keyGeneration);
  if (!opened.ok) return refuseFrame(context, delivery, opened.error);
  const { level, boot } = opened.value;
  if (boot !== null && device.hasForgotten) recall(context, device, boot);
  countBy(context.counters.sealed, `S${level}`);
  delivery.payload = opened.value.payload;
  delivery.seal = sealMark(level, keyGeneration);
  return null;
}

function registeredOf(
  context: IntakeContext,
  device: DeviceEntry,
  nowMs: number,
): DeviceSeal | null | 'unavailable' {
  const known = device.seal.registered;
  if (known === null || (known !== undefined && nowMs < known.freshUntilMs)) return known;
  const found = context.seals.keys.of(device);
  device.seal.registered = found === 'unavailable' ? undefined : found;
  return found;
}

function isSealed(payload: Uint8Array): boolean {
  const level = peekLevel(payload);
  return level !== null && level !== 0;
}

/** Not answered: it proves nothing. The device keeps its message. */
function noKeys(context: IntakeContext, delivery: Delivery): Taken {
  const failure = { code: Code.notAuthorised, offset: 0, detail: 'sealed, and no key of it is registered' };
  return refuseSealed(context, delivery, { ...failure, answer: null });
}

function refuseFrame(
  context: IntakeContext,
  delivery: Delivery,
  error: { code: CodeNumber; offset: number; detail: string; answer: CodeNumber | null },
): Taken {
  // It is the device's own, and will be wrong for ever: kept aside like any other bad message, so that it is not sent again.
  const isOwnFault = error.answer !== null && codeClass(error.code) === 'drop';
  return isOwnFault ? quarantineDelivery(context, delivery, error) : refuseSealed(context, delivery, error);
}

/** A boot that memory has no room for is not a new one: what was stored of it must not come again (POU-SEAL-12, POU-SEAL-14). */
function recall(context: IntakeContext, device: DeviceEntry, boot: number | Uint8Array): void {
  const name = bootName(boot);
  if (device.boots.has(name)) return;
  const saved = context.store.findBoot({ tenant: device.tenant, device: device.device, boot: name });
  if (saved !== null) restoreBoot(device, saved);
}

function prove(context: IntakeContext, device: DeviceEntry, generation: number): void {
  if (device.seal.proven === generation) return;
  device.seal.proven = generation;
  context.seals.keys.used(device, generation);
}
