import { commitQueue } from './domain/commit-queue.ts';
import { type ConsentTerms, consentBook } from './domain/consent/consent-book.ts';
import { type ConsentDesk, consentDesk } from './domain/consent/consent-desk.ts';
import { everything } from './domain/consent/coverage.ts';
import { zeroCounters } from './domain/counters.ts';
import { deviceRegistry } from './domain/devices.ts';
import { type ErasureDesk, noErasures } from './domain/erasure/desk-types.ts';
import { type ErasurePlan, planErasure } from './domain/erasure/erase-plan.ts';
import type { EraseRequest } from './domain/erasure/erasure.ts';
import { erasureDesk } from './domain/erasure/erasure-desk.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import type { IntakeContext } from './domain/intake-context.ts';
import { modelRegistry } from './domain/models.ts';
import type { Log } from './domain/ports.ts';
import { type QuarantineDesk, quarantineDesk } from './domain/quarantine-desk.ts';
import { noSealKeys, type SealPolicy } from './domain/seal-state.ts';
import { settleGroup } from './domain/settle.ts';
import { openSqliteSpool, type SqliteSpoolOptions } from './spool/sqlite-spool.ts';
import { newErasureId, newSalt, systemClock, systemScheduler } from './system.ts';

export interface OfflineDesk extends QuarantineDesk {
  /** Requests are kept; the next gateway does the work. */
  erasures: ErasureDesk;
  planErasure(request: EraseRequest): Promise<ErasurePlan>;
  consents: ConsentDesk;
  /** Saves what changed of devices, and closes the store. */
  close(): Promise<void>;
}

export interface OfflineDeskOptions extends SqliteSpoolOptions {
  earliestPlausibleMs: number;
  /** Canonical bytes of the models of the configuration. */
  models: readonly Uint8Array[];
  log: Log;
  sealPolicy: SealPolicy;
  consent: ConsentTerms;
}

/** The quarantine desk of a store that no gateway has open: the caller holds the lock of its folder. */
export function openOfflineDesk(options: OfflineDeskOptions): OfflineDesk {
  const store = openSqliteSpool(options);
  const devices = deviceRegistry();
  const counters = zeroCounters();
  const state = store.load();
  devices.restore(state);
  // No device tells it a model.
  const models = modelRegistry({ maxModels: 0, maxModelsPerTenant: 0 });
  for (const bytes of options.models) models.give(bytes);
  for (const { tenant, bytes } of state.models) models.restore(tenant, bytes);
  const ports = { spool: store, scheduler: systemScheduler, clock: systemClock, log: options.log };
  const queue = commitQueue(
    { maxCommitMessages: 1_000, maxCommitBytes: 2 ** 20, highWaterBytes: Number.MAX_SAFE_INTEGER },
    { ...ports, onPressure: () => {}, onCommitted: (group) => settleGroup(group, counters) },
  );
  const context: IntakeContext = {
    options: { earliestPlausibleMs: options.earliestPlausibleMs, maxParkedBytes: 0 },
    ...{ clock: systemClock, log: options.log, queue, devices, models, store, counters },
    consents: consentBook(options.consent, state.consents, { newSalt, takenBack: () => {} }),
    downlink: { send: () => {} },
    erasures: noErasures,
    seals: { keys: noSealKeys, policy: options.sealPolicy },
    releasing: new Set(),
  };
  const erasures = erasureDesk(context, { newId: newErasureId, wake() {} });
  return {
    ...quarantineDesk(context),
    erasures,
    planErasure: (request) =>
      planErasure(request, {
        store,
        clock: systemClock,
        scheduler: systemScheduler,
        decode: createRecordDecoder(models.find, everything),
      }),
    consents: consentDesk(context),
    async close() {
      store.checkpoint(devices.changed());
      await store.close();
    },
  };
}
