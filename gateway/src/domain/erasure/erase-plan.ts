import type { Decoded } from '../forward-records.ts';
import type { Clock, Scheduler, SpoolStore, StoredMessage } from '../ports.ts';
import { type EraseRequest, newErasure, type Tombstone } from './erasure.ts';
import { goesFromQuarantine, judgeMessage } from './judge.ts';

/** What a request would find in the gateway; what sinks hold is only known when they are asked. */
export interface ErasurePlan {
  messages: number;
  records: number;
  quarantined: number;
}

export interface PlanPorts {
  store: SpoolStore;
  clock: Clock;
  scheduler: Scheduler;
  decode(messages: readonly StoredMessage[]): Decoded;
}

const PAGE = 500;

export async function planErasure(request: EraseRequest, ports: PlanPorts): Promise<ErasurePlan> {
  const { store, clock, scheduler, decode } = ports;
  const tombstone = newErasure(request, { id: '', names: [], nowMs: clock.nowMs(), byDevice: false });
  const plan: ErasurePlan = { messages: 0, records: 0, quarantined: 0 };
  const through = store.lastPosition();
  for (let after: number | null = 0; after !== null; ) {
    const { end, messages } = store.erasing.window(tombstone, after, through);
    for (const message of messages) {
      const judged = judgeMessage(message, tombstone, decode);
      if (judged === null) continue;
      plan.messages += 1;
      plan.records += judged.records;
    }
    after = end;
    await new Promise<void>((resolve) => scheduler.soon(resolve));
  }
  return { ...plan, quarantined: countQuarantined(store, tombstone) };
}

function countQuarantined(store: SpoolStore, tombstone: Tombstone): number {
  const { tenant, device } = tombstone;
  let count = 0;
  for (let afterId = 0; ; ) {
    const page = store.quarantine({ tenant, device, afterId, limit: PAGE });
    count += page.filter((entry) => goesFromQuarantine(entry, tombstone)).length;
    if (page.length < PAGE) return count;
    afterId = page[page.length - 1]!.id;
  }
}
