import type { DeviceId } from './stored.ts';

/** Each is a map of its own. */
export type SharedKind = 'models' | 'devices' | 'consents';

export interface SharedEntry {
  key: string;
  value: Uint8Array;
  /** Grows with every change of the state. */
  revision: number;
}

/**
 * What several gateways know together. Each keeps what it needs in its own store as well and works on with that while the state cannot be
 * reached: a login never waits for it.
 */
export interface SharedState {
  /**
   * Every entry of a kind, and from then on every change, those of this gateway too. An entry may come again, and a change may be left out
   * when a newer one of the same key has come. Begins whenever the state is reached, and again after it was away.
   */
  watch(kind: SharedKind, changed: (entry: SharedEntry) => void): void;
  /**
   * Writes an entry that is still at `revision`; 0 = that is not there. Answers with its new revision, or null when somebody was faster: the
   * newer entry comes through `watch`. Rejects while the state cannot be reached.
   */
  put(kind: SharedKind, key: string, value: Uint8Array, revision: number): Promise<number | null>;
  /** A message for a device that is not here, for the gateway that has it; best effort, like every message down. */
  sendDown(id: DeviceId, payload: Uint8Array): void;
  /** Messages that others have for devices. */
  onDown(receive: (id: DeviceId, payload: Uint8Array) => void): void;
  /** null = it is reached; else why not. */
  problem(): string | null;
  close(): Promise<void>;
}
