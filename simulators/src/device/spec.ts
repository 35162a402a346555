import type { DeviceOptions, StoragePort } from '@usewire/device-sdk/core';
import type { Setting } from '../behaviour/behaviour.ts';
import type { PlannedFault } from '../faults/plan.ts';
import type { SimulatedProduct } from '../products/index.ts';
import type { Truth } from '../verdict/truth.ts';
import type { Link } from './link.ts';

/** One device of a fleet: what it is, and whose. */
export interface DeviceSpec {
  tenant: string;
  name: string;
  product: SimulatedProduct;
  setting: Setting;
}

/** Storage that can lose its power. */
export interface DeviceStorage {
  port: StoragePort;
  /** Everything that is not durable is gone. */
  cutPower(): void;
  busy(): boolean;
  settled(): Promise<void>;
  /** From now on a sync is answered at once and left to the next one after `defer(false)`. For time at full speed. */
  defer(isOn: boolean): void;
  close(): void;
}

export interface VirtualDeviceOptions {
  seed: number | string;
  /** It is switched on. */
  startMs: number;
  /** Its people have had it since; what they did before `startMs` is not recorded. Default `startMs`. */
  bornMs?: number;
  storage: DeviceStorage;
  /** Made once; `nowMs` is the device's true time. */
  link(nowMs: () => number, later: (atMs: number, what: () => void) => void): Link;
  sdk: DeviceOptions;
  faults: readonly PlannedFault[];
  keepTruth(line: Truth): void;
  /** Something outside of virtual time made it due now; for those who drive it by real time. */
  onWake?(): void;
  /** A fault struck, a boot began: for the log. */
  note(atMs: number, text: string): void;
}
