import type { BootEntry, DeviceEntry } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import type { TimeMapping } from './ports.ts';
import { boundedMapping, type DeviceClock, deviceMapping, isPlausible } from './time-map.ts';

export interface TimeFacts {
  uptimeMs: number;
  /** From the base to encoding. */
  ageMs: number;
  clock: DeviceClock | null | undefined;
  /** Built when it was sent. */
  fresh: boolean;
}

/** Wall time of a message (standards section 6): the device's clock when it is good, else what the gateway has learnt. */
export function timeOf(
  context: IntakeContext,
  device: DeviceEntry,
  boot: BootEntry,
  receivedAtMs: number,
  facts: TimeFacts,
): TimeMapping {
  const { clock, uptimeMs, ageMs } = facts;
  boot.time.sample(receivedAtMs - uptimeMs - ageMs, receivedAtMs, facts.fresh);
  if (clock !== null && clock !== undefined && clock.quality > 0) {
    if (!isPlausible(clock.unixMs, receivedAtMs, context.options.earliestPlausibleMs)) {
      context.counters.clockImplausible += 1;
    } else if (clock.quality >= 2) {
      return deviceMapping(clock, uptimeMs);
    }
  }
  if (boot !== device.current && !boot.time.isFresh()) return beforeCurrent(device, boot, uptimeMs + ageMs);
  return boot.time.mapping(receivedAtMs, uptimeMs);
}

/** A boot of which only a backlog is known: it ended before the current one began, more is not known. */
function beforeCurrent(device: DeviceEntry, boot: BootEntry, encodedAtUptimeMs: number): TimeMapping {
  const latest = boot.time.originMs()!;
  const currentOrigin = device.current?.time.originMs() ?? Infinity;
  return boundedMapping(Math.min(latest, currentOrigin - encodedAtUptimeMs));
}
