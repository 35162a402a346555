import { encodeMessage, fromHex, Kind } from '@usewire/protocol/wire';
import type { DeviceEntry } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';

/** A device that is slow to answer is not asked more often. */
const ASK_AGAIN_MS = 10_000;

/** Asks a device for the model of a hash (hex, 4 or 8 bytes). A new hello may be answered at once: the link is a new one. */
export function askForModel(
  context: IntakeContext,
  device: DeviceEntry,
  hash: string,
  nowMs: number,
  isHello = false,
): void {
  const short = hash.slice(0, 8);
  const before = device.modelAskedMs.get(short);
  // Either way: a clock that was set back a day must not silence the question for a day.
  if (!isHello && before !== undefined && Math.abs(nowMs - before) < ASK_AGAIN_MS) return;
  // One device has one or two models; more is a fault, and must not grow this for ever.
  if (device.modelAskedMs.size > 16) device.modelAskedMs.clear();
  device.modelAskedMs.set(short, nowMs);
  context.counters.modelRequests += 1;
  const request = encodeMessage({ kind: Kind.modelReq, modelHash: fromHex(hash)! });
  context.downlink.send(device, request);
}
