import type { StoragePort } from '@usewire/device-sdk/core';
import type { DeviceStorage } from '../device/virtual-device.ts';

/** Growing bytes of which the first `durable` survive a loss of power. */
interface Segment {
  bytes: Uint8Array;
  size: number;
  durable: number;
}

const NOTHING = new Uint8Array(0);

function grown(segment: Segment, more: Uint8Array): Segment {
  const size = segment.size + more.length;
  let bytes = segment.bytes;
  if (size > bytes.length) {
    bytes = new Uint8Array(Math.max(size, bytes.length * 2, 256));
    bytes.set(segment.bytes.subarray(0, segment.size));
  }
  bytes.set(more, segment.size);
  return { bytes, size, durable: segment.durable };
}

/** Storage in memory whose power can be cut: what was not synced is gone, what was removed without a sync is back. */
export function memoryDeviceStorage(): DeviceStorage {
  let segments = new Map<string, Segment>();
  let values = new Map<string, Uint8Array>();
  /** As of the last sync: segments that were removed since, and all small values. */
  let removed = new Map<string, Segment>();
  let durableValues = new Map<string, Uint8Array>();
  const port: StoragePort = {
    list: () => [...segments.keys()],
    size: (name) => segments.get(name)?.size ?? 0,
    append(name, bytes) {
      segments.set(name, grown(segments.get(name) ?? { bytes: NOTHING, size: 0, durable: 0 }, bytes));
      return true;
    },
    read(name, offset, length) {
      const segment = segments.get(name);
      if (segment === undefined) return null;
      const end = Math.min(segment.size, offset + length);
      return segment.bytes.slice(Math.min(offset, end), end);
    },
    remove(name) {
      const segment = segments.get(name);
      segments.delete(name);
      if (segment !== undefined && segment.durable > 0 && !removed.has(name)) removed.set(name, segment);
    },
    sync(done) {
      for (const segment of segments.values()) segment.durable = segment.size;
      removed = new Map();
      durableValues = new Map(values);
      done(true);
    },
    get: (key) => values.get(key) ?? null,
    put(key, bytes) {
      values.set(key, bytes.slice());
      return true;
    },
  };
  return {
    port,
    cutPower() {
      const kept = new Map<string, Segment>();
      for (const [name, segment] of [...segments, ...removed]) {
        if (segment.durable > 0) kept.set(name, { ...segment, size: segment.durable });
      }
      segments = kept;
      removed = new Map();
      values = new Map(durableValues);
    },
    busy: () => false,
    settled: () => Promise.resolve(),
  };
}
