import type { DataAccepted } from '@usewire/protocol/check';
import { Code, type CodeNumber } from '@usewire/protocol/wire';
import { countBy } from '../counters.ts';
import { confirm } from '../dedupe.ts';
import { type Delivery, TAKEN, type Taken } from '../delivery.ts';
import type { BootEntry } from '../device-entry.ts';
import type { IntakeContext } from '../intake-context.ts';
import { enqueue, sendNack } from '../refuse.ts';

/** Why a message is discarded: as it is counted, and as the device hears it. */
export interface Discarding {
  reason: 'consentMissing' | 'subjectErased';
  code: CodeNumber;
  detail: string;
}

const MISSING: Discarding = {
  reason: 'consentMissing',
  code: Code.consentMissing,
  detail: 'no grant covers every record of the message; it is discarded',
};
const STALE = {
  code: Code.consentStale,
  detail: 'no choice with this epoch has come; tell the last one again',
};

/**
 * A person has not agreed, or had it erased: no byte of it is kept, not even in quarantine. It is acknowledged and its number counts as come, so that the device
 * lets go of it and nobody looks for it (POU-CONSENT-6).
 */
export function discard(
  context: IntakeContext,
  delivery: Delivery,
  boot: BootEntry,
  data: DataAccepted,
  why = MISSING,
): Taken {
  const { device, receivedAtMs } = delivery;
  const { tenant, device: name } = device;
  const group = context.queue.gathering();
  const { name: bootName, ref: bootRef } = boot;
  group.discarded.push({ tenant, device: name, boot: bootName, seq: data.seq, bootRef });
  countBy(context.counters.discarded, why.reason);
  device.row.lastSeenMs = Math.max(device.row.lastSeenMs, receivedAtMs);
  device.dirty = true;
  const ref = { boot: data.boot, seq: data.seq };
  group.settled.push(() => {
    confirm(boot, data.seq);
    sendNack(context, delivery, why, ref);
  });
  enqueue(context, delivery);
  return TAKEN;
}

/**
 * The device is at an epoch that the gateway was never told of. It is not acknowledged, so it stays with the device, which says hello and tells its
 * choice again before it sends it again (POU-CONSENT-7).
 */
export function leaveStale(context: IntakeContext, delivery: Delivery, data: DataAccepted): Taken {
  sendNack(context, delivery, STALE, { boot: data.boot, seq: data.seq });
  return { ok: false, reason: 'consent-stale' };
}
