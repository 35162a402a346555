import { type AckMessage, encodeMessage, fromHex, Kind, type Range } from '@usewire/protocol/wire';
import type { Delivery } from './delivery.ts';
import type { BootEntry } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';

/** Of one ack message (SPEC.md, label 17). What lies beyond is told when the holes before it are filled. */
const MAX_RANGES = 64;

/** An ack message goes down after the commit that is being gathered: one for each boot, however many of its messages the commit holds. */
export function tellStored(context: IntakeContext, { device, boot }: Delivery): void {
  if (boot === undefined) return;
  const { told, settled } = context.queue.gathering();
  if (told.has(boot)) return;
  told.add(boot);
  settled.push(() => context.downlink.send(device, encodeMessage(ackOf(boot))));
}

/** What is committed of a boot. */
export function ackOf(boot: Pick<BootEntry, 'name' | 'counter' | 'stored'>): AckMessage {
  const flat = boot.stored.ranges();
  const startsAtZero = flat[0] === 0;
  const nextSeq = startsAtZero ? flat[1]! + 1 : 0;
  const ranges: Range[] = [];
  for (let i = startsAtZero ? 2 : 0; i < flat.length && ranges.length < MAX_RANGES; i += 2) {
    ranges.push([flat[i]!, flat[i + 1]!]);
  }
  const id = boot.counter >= 0 ? boot.counter : fromHex(boot.name)!;
  const ack: AckMessage = { kind: Kind.ack, boot: id, nextSeq };
  return ranges.length === 0 ? ack : { ...ack, ranges };
}
