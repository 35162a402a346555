import type { SharedEntry, SharedKind, SharedState } from '../domain/shared-state.ts';
import type { DeviceId } from '../domain/stored.ts';

/** The state's double for tests: gateways of one process. */
export interface MemoryState {
  /** The place of one gateway. */
  join(): SharedState;
  /** Nobody reaches it. */
  setAway(isAway: boolean): void;
}

interface Member {
  watches: Map<SharedKind, (entry: SharedEntry) => void>;
  receive(id: DeviceId, payload: Uint8Array): void;
}

export function memoryState(): MemoryState {
  const entries = new Map<string, SharedEntry & { kind: SharedKind }>();
  const members = new Set<Member>();
  let revision = 0;
  let isAway = false;

  const all = (member: Member) => {
    for (const entry of entries.values()) member.watches.get(entry.kind)?.(entry);
  };

  return {
    setAway(value) {
      isAway = value;
      if (!isAway) for (const member of members) all(member);
    },
    join() {
      const member: Member = { watches: new Map(), receive: () => {} };
      members.add(member);
      return {
        watch(kind, changed) {
          member.watches.set(kind, changed);
          for (const entry of isAway ? [] : entries.values()) if (entry.kind === kind) changed(entry);
        },
        async put(kind, key, value, expected) {
          if (isAway) throw new Error('the shared state is away');
          const name = `${kind}.${key}`;
          if ((entries.get(name)?.revision ?? 0) !== expected) return null;
          revision += 1;
          const entry = { kind, key, value: value.slice(), revision };
          entries.set(name, entry);
          for (const each of members) each.watches.get(kind)?.(entry);
          return revision;
        },
        sendDown(id, payload) {
          if (isAway) return;
          for (const each of members) if (each !== member) each.receive(id, payload);
        },
        onDown(receive) {
          member.receive = receive;
        },
        problem: () => (isAway ? 'away' : null),
        close: async () => void members.delete(member),
      };
    },
  };
}
