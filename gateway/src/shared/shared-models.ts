import type { CommitQueue } from '../domain/commit-queue.ts';
import type { KnownModel, Models } from '../domain/models.ts';
import { OPERATOR } from '../domain/models.ts';
import type { Clock, Log, Scheduler } from '../domain/ports.ts';
import type { SharedState } from '../domain/shared-state.ts';

export interface SharedModelsPorts {
  models: Models;
  queue: CommitQueue;
  clock: Clock;
  log: Log;
  scheduler: Scheduler;
  /** A model is known from now on: what waited for it is looked at. */
  known(tenant: string, model: KnownModel): void;
}

const TRY_AGAIN_MS = 2_000;

/** What a device has told one gateway, all of them know: a device that comes back elsewhere is not asked again. */
export interface SharedModels {
  /** A device has told it here. */
  told(tenant: string, model: KnownModel): void;
  close(): void;
}

export function shareModels(shared: SharedState, ports: SharedModelsPorts): SharedModels {
  const { models, queue, clock, log, scheduler } = ports;
  /** Not there yet, as far as is known here. Bounded by the models that devices may tell. */
  const unsent = new Map<string, { tenant: string; model: KnownModel }>();
  let callOff = (): void => {};
  let isClosed = false;

  const keyOf = (tenant: string, model: KnownModel) => `${tenant}.${model.hash}`;

  function told(tenant: string, model: KnownModel): void {
    // The operator's are in each gateway's configuration.
    if (tenant === OPERATOR) return;
    unsent.set(keyOf(tenant, model), { tenant, model });
    void sendAll();
  }

  async function sendAll(): Promise<void> {
    callOff();
    for (const [key, { model }] of [...unsent]) {
      try {
        // null: somebody has told the same, which is as good.
        await shared.put('models', key, model.bytes, 0);
        unsent.delete(key);
      } catch {
        if (!isClosed) callOff = scheduler.after(TRY_AGAIN_MS, () => void sendAll());
        return;
      }
    }
  }

  shared.watch('models', ({ key, value }) => {
    const [tenant = '', hash = ''] = key.split('.');
    unsent.delete(key);
    if (tenant === OPERATOR || models.find(tenant, hash.slice(0, 8))?.hash === hash) return;
    const added = models.restore(tenant, value);
    if (!added.ok) {
      log.warn('model.refused', { tenant, cause: added.cause, reason: added.reason });
      return;
    }
    const group = queue.gathering();
    group.models.push({ tenant, hash, bytes: added.model.bytes, receivedAtMs: clock.nowMs() });
    group.settled.push(() => ports.known(tenant, added.model));
    queue.added(0);
  });
  for (const { tenant, model } of models.all()) told(tenant, model);
  return {
    told,
    close() {
      isClosed = true;
      callOff();
    },
  };
}
