import type { CommitQueue } from './commit-queue.ts';
import type { ConsentBook } from './consent/consent-book.ts';
import type { Devices } from './devices.ts';
import type { ErasureDesk } from './erasure/desk-types.ts';
import type { KnownModel, Models } from './models.ts';
import type { Clock, Downlink, GatewayCounters, Log, SpoolStore } from './ports.ts';
import type { SealKeys, SealPolicy } from './seal-state.ts';

interface IntakeOptions {
  earliestPlausibleMs: number;
  /** Bytes one device may have waiting for a model. */
  maxParkedBytes: number;
}

/** Everything the steps of the path work with. */
export interface IntakeContext {
  options: IntakeOptions;
  clock: Clock;
  log: Log;
  queue: CommitQueue;
  devices: Devices;
  models: Models;
  store: SpoolStore;
  downlink: Downlink;
  erasures: ErasureDesk;
  counters: GatewayCounters;
  consents: ConsentBook;
  seals: { keys: SealKeys; policy: SealPolicy };
  /** A device has told a model that was not known; for gateways that are several. */
  modelTold?: (tenant: string, model: KnownModel) => void;
  /** Parked messages that are on their way out of quarantine; empty when all commits are through. */
  releasing: Set<number>;
}
