import { anchorMapping, betterAnchor } from './clock-anchor.ts';
import type { BootEntry, DeviceEntry } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import type { TimeMapping } from './ports.ts';
import {
  boundedMapping,
  type DeviceClock,
  deviceMapping,
  isPlausible,
  type SampleFacts,
} from './time-map.ts';

export interface TimeFacts extends SampleFacts {
  uptimeMs: number;
  /** From the base to encoding. */
  ageMs: number;
  clock: DeviceClock | null | undefined;
}

type TimeContext = Pick<IntakeContext, 'options' | 'counters'>;

/**
 * Wall time of a message (standards section 6): its own clock when it is good, else the best clock that the device told in the same boot
 * (POU-TIME-2), else what the gateway has learnt.
 */
export function timeOf(
  context: TimeContext,
  device: DeviceEntry,
  boot: BootEntry,
  receivedAtMs: number,
  facts: TimeFacts,
): TimeMapping {
  const { clock, uptimeMs, ageMs } = facts;
  boot.time.sample(receivedAtMs - uptimeMs - ageMs, receivedAtMs, facts);
  if (isBelieved(context, clock, receivedAtMs)) {
    const mapping = deviceMapping(clock, uptimeMs);
    const { originMs, quality, boundMs } = mapping;
    boot.clock = betterAnchor(boot.clock, { originMs, quality, boundMs, uptimeMs });
    boot.dirty = true;
    device.dirty = true;
    return mapping;
  }
  if (boot.clock !== null) return anchorMapping(boot.clock, uptimeMs);
  if (boot !== device.current && !boot.time.isFresh()) return beforeCurrent(device, boot, uptimeMs + ageMs);
  return boot.time.mapping(uptimeMs);
}

function isBelieved(
  context: TimeContext,
  clock: DeviceClock | null | undefined,
  receivedAtMs: number,
): clock is DeviceClock {
  if (clock === null || clock === undefined || clock.quality === 0) return false;
  if (isPlausible(clock.unixMs, receivedAtMs, context.options.earliestPlausibleMs)) return clock.quality >= 2;
  context.counters.clockImplausible += 1;
  return false;
}

/** A boot of which only a backlog is known: it ended before the current one began, more is not known. */
function beforeCurrent(device: DeviceEntry, boot: BootEntry, encodedAtUptimeMs: number): TimeMapping {
  const latest = boot.time.originMs()!;
  const currentOrigin = device.current?.time.originMs() ?? Infinity;
  return boundedMapping(Math.min(latest, currentOrigin - encodedAtUptimeMs));
}
