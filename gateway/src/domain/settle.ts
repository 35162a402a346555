import type { CommitGroup } from './commit-queue.ts';
import { confirm } from './dedupe.ts';
import type { GatewayCounters } from './ports.ts';

/** After a commit: what was on its way is stored, and counts. */
export function settleGroup(group: CommitGroup, counters: GatewayCounters): void {
  const { messages, messageBoots, messageDevices } = group;
  for (let i = 0; i < messages.length; i += 1) {
    const message = messages[i]!;
    const boot = messageBoots[i]!;
    const device = messageDevices[i]!;
    confirm(boot, message.seq);
    if (message.receivedAtMs > boot.lastSeenMs) boot.lastSeenMs = message.receivedAtMs;
    const { row } = device;
    row.messages += 1;
    row.records += message.recordCount;
    row.gapRecords += message.gapCount;
    if (message.receivedAtMs > row.lastSeenMs) row.lastSeenMs = message.receivedAtMs;
    device.dirty = true;
    counters.messages += 1;
    counters.records += message.recordCount;
    counters.gapRecords += message.gapCount;
    counters.bytes += message.payload.length;
  }
}
