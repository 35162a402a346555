import type { StoragePort, TransportPort } from './index.ts';

export interface PowerSwitch {
  ports: { storage: StoragePort; transport: TransportPort };
  /** The power goes with this call of the storage from now. */
  cutAfter(calls: number): void;
  isOff(): boolean;
}

/**
 * The power goes between any two calls of the storage, also in the middle of a tick: from then on the storage takes nothing, answers
 * nothing, and nothing is sent.
 */
export function powerSwitch(
  storage: StoragePort,
  transport: TransportPort,
  random: () => number,
): PowerSwitch {
  let left = Number.POSITIVE_INFINITY;
  let isOff = false;
  const call = <T>(work: () => T, whenOff: T): T => {
    if (isOff) return whenOff;
    if (left-- > 0) return work();
    isOff = true;
    // The call under way came to the disk or did not.
    return random() < 0.5 ? work() : whenOff;
  };
  const ports = {
    storage: {
      list: () => call(storage.list, []),
      size: (name: string) => call(() => storage.size(name), 0),
      read: (name: string, from: number, length: number) =>
        call(() => storage.read(name, from, length), null),
      append: (name: string, bytes: Uint8Array) => call(() => storage.append(name, bytes), false),
      wipe: (name: string) => call(() => storage.wipe(name), false),
      remove: (name: string) => call(() => storage.remove(name), undefined),
      get: (key: string) => call(() => storage.get(key), null),
      put: (key: string, bytes: Uint8Array) => call(() => storage.put(key, bytes), false),
      sync: (done: (ok: boolean) => void) =>
        call(() => storage.sync((ok) => call(() => done(ok), undefined)), undefined),
    },
    transport: {
      open: transport.open,
      close: transport.close,
      send: (tag: number, leaf: 'up' | 'st', bytes: Uint8Array) => !isOff && transport.send(tag, leaf, bytes),
    },
  };
  return {
    ports,
    cutAfter: (calls: number) => {
      left = calls;
    },
    isOff: () => isOff,
  };
}
