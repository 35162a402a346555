import type { CommitGroup } from './domain/commit-queue.ts';
import type { IntakeContext } from './domain/intake-context.ts';
import type { DeviceId, Downlink } from './domain/ports.ts';
import { replayParked } from './domain/replay.ts';
import type { SharedState } from './domain/shared-state.ts';
import { openRegistryMirror } from './registry/registry-mirror.ts';
import { farDownlink } from './shared/far-downlink.ts';
import { shareConsents } from './shared/shared-consents.ts';
import { shareModels } from './shared/shared-models.ts';
import { systemScheduler } from './system.ts';

export interface SharedParts {
  shared: SharedState;
  context: IntakeContext;
  /** Of the registry; null = this gateway has none. */
  registryDirectory: string | null;
  /** To devices that are connected here. */
  here: Downlink;
  /** A grant that records rest on is gone. */
  takenBack(id: DeviceId): void;
}

/** What a gateway has of being one of several. */
export interface Joined {
  /** To devices wherever they are connected. */
  downlink: Downlink;
  /** A commit is on the disk. */
  committed(group: CommitGroup): void;
  close(): Promise<void>;
}

/** Makes this gateway one of several over the same devices: registry, models and messages down are theirs together. */
export function joinShared({ shared, context, registryDirectory, here, takenBack }: SharedParts): Joined {
  const { models, queue, clock, log, devices } = context;
  const scheduler = systemScheduler;
  const known = (tenant: string, model: ReturnType<typeof models.all>[number]['model']) =>
    replayParked(context, { tenant, model });
  const sharing = shareModels(shared, { models, queue, clock, log, scheduler, known });
  context.modelTold = sharing.told;
  const consents = shareConsents(shared, { devices, clock, log, scheduler, takenBack });
  const mirror =
    registryDirectory === null
      ? null
      : openRegistryMirror(registryDirectory, { shared, log, scheduler, nowMs: clock.nowMs });
  return {
    downlink: farDownlink(here, shared, devices),
    committed({ consents: rows, consentAcks, erasures }) {
      // Most commits hold none.
      if (rows.length + consentAcks.length + erasures.length > 0)
        consents.changed([...rows, ...consentAcks, ...erasures]);
    },
    async close() {
      sharing.close();
      consents.close();
      mirror?.close();
      await shared.close();
    },
  };
}
