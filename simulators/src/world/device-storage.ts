import { join } from 'node:path';
import { fileStorage } from '@usewire/device-sdk';
import { memoryStorage } from '@usewire/device-sdk/testing';
import type { DeviceStorage } from '../device/spec.ts';
import type { Random } from '../random/stream.ts';
import { createWaiting } from './waiting.ts';

/** Storage in memory. When its power is cut, what was not synced is torn anywhere, as `random` will have it. */
export function memoryDeviceStorage(random: Random): DeviceStorage {
  const storage = memoryStorage();
  return {
    port: storage,
    cutPower: () => storage.crash({ dropUnsynced: true, random: random.next }),
    busy: () => false,
    settled: () => Promise.resolve(),
    defer: () => undefined,
    close: () => undefined,
  };
}

const PATIENCE_MS = 60_000;

/** Storage in files below `folder`, in a folder for each device. Its power cannot be cut. Throws a `DeviceError` when it cannot be used. */
export function fileDeviceStorage(folder: string, name: string): DeviceStorage {
  const storage = fileStorage(join(folder, name));
  const waiting = createWaiting(`the disk of ${name}`, PATIENCE_MS);
  let isDeferred = false;
  return {
    port: {
      list: () => storage.list(),
      size: (segment) => storage.size(segment),
      append: (segment, bytes) => storage.append(segment, bytes),
      read: (segment, offset, length) => storage.read(segment, offset, length),
      wipe: (segment) => storage.wipe(segment),
      remove: (segment) => storage.remove(segment),
      get: (key) => storage.get(key),
      put: (key, bytes) => storage.put(key, bytes),
      sync(done) {
        if (isDeferred) {
          done(true);
          return;
        }
        waiting.begin();
        storage.sync((ok) => {
          done(ok);
          waiting.end();
        });
      },
    },
    cutPower() {
      throw new Error('files cannot lose their power; use storage in memory for reboots');
    },
    busy: waiting.busy,
    settled: waiting.settled,
    defer(isOn) {
      isDeferred = isOn;
    },
    close: () => storage.close(),
  };
}
