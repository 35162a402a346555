import type { DeviceRow } from './ports.ts';

/** A device that was seen for the first time. */
export function emptyDevice(tenant: string, device: string, seenMs: number): DeviceRow {
  const facts = {
    boot: '',
    nextSeq: 0,
    hw: '',
    sw: '',
    modelHash: '',
    state: 'online' as const,
    announcedMs: null,
  };
  const totals = { messages: 0, records: 0, gapRecords: 0, duplicates: 0, quarantined: 0, lastDelayMs: null };
  return { tenant, device, firstSeenMs: seenMs, lastSeenMs: seenMs, ...facts, ...totals };
}
