import type { GatewayCounters } from './ports.ts';

export function zeroCounters(): GatewayCounters {
  const taken = { arrived: 0, received: 0, reports: 0, released: 0 };
  const stored = { messages: 0, records: 0, gapRecords: 0, bytes: 0, duplicates: 0 };
  const told = { acks: 0, commits: 0, commitFailures: 0, nacks: 0, nacksHeldBack: 0, modelRequests: 0 };
  return {
    ...taken,
    ...stored,
    ...told,
    clockImplausible: 0,
    modelsRefused: {},
    unacknowledged: 0,
    sealed: {},
    pauses: 0,
    quarantined: {},
    messagesRefused: {},
    discarded: {},
    refused: {},
  };
}

export function countBy(counts: Record<string, number>, reason: string, count = 1): void {
  counts[reason] = (counts[reason] ?? 0) + count;
}
