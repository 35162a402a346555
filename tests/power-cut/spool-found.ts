import type { SpoolStore, StoredMessage } from '@usewire/gateway';
import { type AskedCommit, nameOf } from './spool-history.ts';

const ALL = { messages: 1e9, bytes: 1e12 };

/** All that a store says when it is opened. */
export interface SpoolFound {
  rows: StoredMessage[];
  byName: Map<string, StoredMessage>;
  /** Names of messages that the window holds as stored: they are duplicates from now on. */
  window: Set<string>;
  /** Messages of each device by its own count, and how many of it are in the window. */
  counted: { device: string; messages: number; inWindow: number }[];
  quarantined: string[];
  consents: Set<number>;
  lastPosition: number;
  cursor(sink: string): number;
}

export function lookAt(store: SpoolStore): SpoolFound {
  const rows = store.readAfter(0, ALL);
  const { boots, devices } = store.load();
  const window = new Set<string>();
  const inWindow = new Map<string, number>();
  for (const { ranges, ...boot } of boots) {
    for (let i = 0; i < ranges.length; i += 2) {
      for (let seq = ranges[i]!; seq <= ranges[i + 1]!; seq += 1) {
        window.add(nameOf({ ...boot, seq }));
        inWindow.set(boot.device, (inWindow.get(boot.device) ?? 0) + 1);
      }
    }
  }
  return {
    rows,
    byName: new Map(rows.map((row) => [nameOf(row), row])),
    window,
    counted: devices.map(({ device, messages }) => ({
      device,
      messages,
      inWindow: inWindow.get(device) ?? 0,
    })),
    quarantined: quarantinedIn(store),
    consents: new Set(store.consents({ tenant: 't', device: 'd0' }).map((row) => row.number)),
    lastPosition: store.lastPosition(),
    cursor: (sink) => store.cursor(sink),
  };
}

function quarantinedIn(store: SpoolStore): string[] {
  const details: string[] = [];
  const filter: { limit: number; beforeId?: number } = { limit: 1_000 };
  for (;;) {
    const page = store.quarantine(filter);
    details.push(...page.map((entry) => entry.detail));
    if (page.length < 1_000) return details;
    filter.beforeId = page.at(-1)!.id;
  }
}

/** For each part of a commit whether it is there. */
export function partsOf(found: SpoolFound, asked: AskedCommit): boolean[] {
  return [
    ...asked.messages.map((message) => found.byName.has(nameOf(message))),
    ...asked.messages.map((message) => found.window.has(nameOf(message))),
    ...asked.quarantined.map((detail) => found.quarantined.includes(detail)),
    ...asked.released.map((detail) => !found.quarantined.includes(detail)),
    ...asked.consents.map((number) => found.consents.has(number)),
  ];
}
