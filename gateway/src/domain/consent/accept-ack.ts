import type { ConsentAckMessage } from '@usewire/protocol/wire';
import type { DeviceEntry } from '../device-entry.ts';
import type { IntakeContext } from '../intake-context.ts';
import { confirm } from './consent-state.ts';
import { passedOver } from './decide.ts';
import { enter } from './tell-device.ts';

/** The device acts on a set, or says by another epoch that it has passed the one it was told (POU-CONSENT-4). */
export function acceptConsentAck(
  context: IntakeContext,
  device: DeviceEntry,
  { subject, epoch }: ConsentAckMessage,
): void {
  const { tenant, device: name, consent } = device;
  const ackedAtMs = context.clock.nowMs();
  if (confirm(consent, subject, epoch))
    context.queue.gathering().consentAcks.push({ tenant, device: name, subject, epoch, ackedAtMs });
  enter(context, device, passedOver(consent));
}
