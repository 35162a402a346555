import type { DeviceOptions } from '@usewire/device-sdk/core';
import type { Link } from '../device/link.ts';
import type { DeviceSpec, DeviceStorage } from '../device/spec.ts';
import { VirtualDevice } from '../device/virtual-device.ts';
import { streamsOf } from '../random/stream.ts';
import type { Truth } from '../verdict/truth.ts';
import { memoryDeviceStorage } from './device-storage.ts';
import { fleet, productsNamed } from './fleet.ts';

export interface LiveFleetOptions {
  seed: number | string;
  devices: number;
  products: readonly string[];
  tenant: string;
  sdk: DeviceOptions;
  link: (spec: DeviceSpec) => Link;
  /** Default: in memory. */
  storage?: (spec: DeviceSpec) => DeviceStorage;
  keepTruth(line: Truth): void;
  note(text: string): void;
}

export interface LiveFleet {
  /** Lets every device hand over what it has, for at most `drainMs`, and closes everything. */
  stop(drainMs: number): Promise<void>;
  result(): { devices: number; recordsAccepted: number; acked: number; gaps: number; waiting: number };
}

/** Never further apart, so that a changed system clock or a suspended machine is noticed soon. */
const LONGEST_WAIT_MS = 1_000;

/** A fleet in real time: one timer for all, set for whoever is due first. It lives until it is stopped. */
export function createLiveFleet(options: LiveFleetOptions): LiveFleet {
  const { seed, tenant } = options;
  // Wall time that never steps: where the system clock is set back, people do not live the same hour twice.
  const origin = Date.now() - performance.now();
  const nowMs = (): number => Math.floor(origin + performance.now());
  const startMs = nowMs();
  const specs = fleet({ seed, devices: options.devices, products: productsNamed(options.products), tenant });
  let timer: NodeJS.Timeout | undefined;
  let asked: NodeJS.Immediate | undefined;
  let onStopped: (() => void) | undefined;
  const poke = (): void => {
    asked ??= setImmediate(run);
  };
  const devices = specs.map(
    (spec) =>
      new VirtualDevice(spec, {
        // Another day is lived differently, whatever the seed.
        seed: `${seed}/${startMs}`,
        startMs,
        storage: options.storage?.(spec) ?? memoryDeviceStorage(streamsOf(seed, spec.name)('storage')),
        sdk: options.sdk,
        faults: [],
        keepTruth: options.keepTruth,
        note: (_atMs, text) => options.note(`${spec.name} ${text}`),
        link: () => options.link(spec),
        onWake: poke,
      }),
  );
  function run(): void {
    asked = undefined;
    clearTimeout(timer);
    const now = nowMs();
    for (const device of devices) if (device.nextDueMs() <= now) device.runDue(now);
    if (onStopped !== undefined && devices.every((device) => device.stopped())) {
      onStopped();
      return;
    }
    const dueMs = Math.min(...devices.map((device) => device.nextDueMs()));
    timer = setTimeout(run, Math.max(1, Math.min(LONGEST_WAIT_MS, dueMs - nowMs())));
  }
  run();
  return {
    async stop(drainMs) {
      const done = new Promise<void>((resolve) => {
        onStopped = resolve;
      });
      for (const device of devices) device.retire(drainMs);
      poke();
      await done;
      clearTimeout(timer);
      clearImmediate(asked);
      await Promise.all(devices.map((device) => device.close()));
    },
    result() {
      const outcomes = devices.map((device) => device.outcome());
      return {
        devices: devices.length,
        recordsAccepted: outcomes.reduce((sum, one) => sum + one.accepted, 0),
        acked: outcomes.reduce((sum, one) => sum + one.acked, 0),
        gaps: outcomes.reduce((sum, one) => sum + one.lost, 0),
        waiting: outcomes.reduce((sum, one) => sum + one.waiting, 0),
      };
    },
  };
}
