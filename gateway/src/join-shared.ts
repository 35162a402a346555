import type { IntakeContext } from './domain/intake-context.ts';
import type { Downlink } from './domain/ports.ts';
import { replayParked } from './domain/replay.ts';
import type { SharedState } from './domain/shared-state.ts';
import { openRegistryMirror } from './registry/registry-mirror.ts';
import { farDownlink } from './shared/far-downlink.ts';
import { shareModels } from './shared/shared-models.ts';
import { systemScheduler } from './system.ts';

export interface SharedParts {
  shared: SharedState;
  context: IntakeContext;
  /** Of the registry; null = this gateway has none. */
  registryDirectory: string | null;
  /** To devices that are connected here. */
  here: Downlink;
}

/** What a gateway has of being one of several. */
export interface Joined {
  /** To devices wherever they are connected. */
  downlink: Downlink;
  close(): Promise<void>;
}

/** Makes this gateway one of several over the same devices: registry, models and messages down are theirs together. */
export function joinShared({ shared, context, registryDirectory, here }: SharedParts): Joined {
  const { models, queue, clock, log, devices } = context;
  const scheduler = systemScheduler;
  const known = (tenant: string, model: ReturnType<typeof models.all>[number]['model']) =>
    replayParked(context, { tenant, model });
  const sharing = shareModels(shared, { models, queue, clock, log, scheduler, known });
  context.modelTold = sharing.told;
  const mirror =
    registryDirectory === null
      ? null
      : openRegistryMirror(registryDirectory, { shared, log, scheduler, nowMs: clock.nowMs });
  return {
    downlink: farDownlink(here, shared, devices),
    async close() {
      sharing.close();
      mirror?.close();
      await shared.close();
    },
  };
}
