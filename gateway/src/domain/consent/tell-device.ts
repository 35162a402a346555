import { encodeMessage, Kind } from '@usewire/protocol/wire';
import type { DeviceEntry } from '../device-entry.ts';
import type { IntakeContext } from '../intake-context.ts';
import type { ConsentDraft } from './consent-state.ts';
import { passedOver } from './decide.ts';
import { NO_NOTICE } from './ledger-entry.ts';

/** Half of the entry's hash, which is the record's id. */
const RECORD_ID_BYTES = 16;

/** Sends the set that the device has not confirmed. Best effort: what does not arrive is sent again with the next hello. */
export function tellOwed({ downlink }: IntakeContext, device: DeviceEntry): void {
  for (const [subject, { owed, choices, validUntilMs, hash }] of device.consent.subjects) {
    if (owed === null) continue;
    const set = { kind: Kind.consent, epoch: owed, subject, choices: { ...choices } };
    const end = validUntilMs === null ? {} : { validUntilMs };
    downlink.send(device, encodeMessage({ ...set, ...end, recordHash: hash.slice(0, RECORD_ID_BYTES) }));
  }
}

/** Puts entries that the gateway itself makes into the ledger, and tells the device when they are durable. */
export function enter(context: IntakeContext, device: DeviceEntry, drafts: readonly ConsentDraft[]): void {
  if (drafts.length === 0) return;
  const nowMs = context.clock.nowMs();
  const group = context.queue.gathering();
  const when = { atMs: nowMs, receivedAtMs: nowMs };
  context.consents.append(group, device, drafts, { by: '', notice: NO_NOTICE, ...when, boot: '', seq: null });
  group.settled.push(() => tellOwed(context, device));
}

/** A device that comes hears first what it has missed: it may hold data that was taken back. */
export function tellAtHello(context: IntakeContext, device: DeviceEntry): void {
  if (device.consent.epoch === 0) return;
  tellOwed(context, device);
  enter(context, device, passedOver(device.consent));
}
