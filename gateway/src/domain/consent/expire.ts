import type { DeviceEntry } from '../device-entry.ts';
import type { IntakeContext } from '../intake-context.ts';
import { onExpiry } from './decide.ts';
import { enter } from './tell-device.ts';

/** Writes down that the time of grants is over, before anything new is chosen on top of them. They count as over from that moment anyway. */
export function expire(context: IntakeContext, device: DeviceEntry): boolean {
  const nowMs = context.clock.nowMs();
  let isAny = false;
  for (const slot of device.consent.subjects.keys()) {
    const draft = onExpiry(device.consent, slot, nowMs);
    if (draft === null) continue;
    isAny = true;
    enter(context, device, [draft]);
  }
  return isAny;
}

/** Of every device; a part of the gateway's housekeeping. */
export function expireAll(context: IntakeContext): void {
  let isAny = false;
  for (const device of context.devices.all()) isAny = expire(context, device) || isAny;
  if (isAny) context.queue.added(0);
}
