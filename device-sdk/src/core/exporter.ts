import type { Models } from './models.ts';
import type { Store } from './store.ts';

/** What waits on the device, as it would travel, and what it takes to read it: `exportLines` of `@usewire/protocol/check` makes JSON Lines of it. */
export interface DeviceExport {
  /** Canonical descriptions of product models. */
  models: Uint8Array[];
  /** Data messages. */
  messages: Uint8Array[];
}

export interface ExporterContext {
  store: Store;
  models: Models;
  /** Records so far become messages. */
  cutAll: () => void;
}

/** Access without any cloud: `slot` -1 is everybody. What nobody decided on yet is no record, and not in it. */
export function createExporter(context: ExporterContext): (slot: number) => DeviceExport {
  return function (slot: number): DeviceExport {
    const messages: Uint8Array[] = [];
    context.cutAll();
    const entries = context.store.outbox.waitingOf(slot);
    for (let i = 0; i < entries.length; i++) {
      const body = context.store.outbox.read(entries[i]);
      if (body !== null) messages.push(body);
    }
    return { models: context.models.all(), messages: messages };
  };
}
