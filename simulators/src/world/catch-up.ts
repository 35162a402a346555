import type { VirtualDevice } from '../device/virtual-device.ts';

/** Real time without a pause, so that the links of the other devices are not kept waiting. */
const SLICE_MS = 20;

export interface CatchUpOptions {
  nowMs(): number;
  /** True: give up, it stays where it is. */
  isOver(): boolean;
}

/** Lets a device live at full speed up to now. Its link must be held and its syncs deferred: nothing real is awaited. */
export async function catchUp(device: VirtualDevice, { nowMs, isOver }: CatchUpOptions): Promise<void> {
  let pauseAtMs = performance.now() + SLICE_MS;
  while (!isOver()) {
    const dueMs = device.nextDueMs();
    if (dueMs > nowMs()) return;
    device.runDue(Math.max(dueMs, device.now()));
    if (performance.now() < pauseAtMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    pauseAtMs = performance.now() + SLICE_MS;
  }
}
