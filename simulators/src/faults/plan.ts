import { DAY } from '../people/calendar.ts';
import type { Random } from '../random/stream.ts';
import { type DeviceFault, type DeviceStrike, deviceFaults } from './device/index.ts';

/** A fault that can be asked for. */
export type FaultKind = (typeof deviceFaults)[number]['kind'];

export const FAULT_KINDS: readonly FaultKind[] = deviceFaults.map((one) => one.kind);

/** How often each kind strikes one device: mean times a day, or the share of devices (0..1), as the fault has it. */
export type FaultRates = { readonly [kind in FaultKind]?: number };

export interface PlannedFault {
  atMs: number;
  fault: DeviceStrike<FaultKind>;
}

/** All faults of one device from `fromMs` for `days`, in order of time. Own stream per kind: one kind more changes no other. */
export function planFaults(
  rates: FaultRates,
  random: (purpose: string) => Random,
  fromMs: number,
  days: number,
): PlannedFault[] {
  const planned: PlannedFault[] = [];
  for (const fault of deviceFaults as readonly DeviceFault<FaultKind>[]) {
    const rate = rates[fault.kind] ?? 0;
    if (rate <= 0) continue;
    const draws = random(`fault/${fault.kind}`);
    if (fault.rate === 'share of devices') {
      if (draws.chance(rate)) planned.push({ atMs: fromMs, fault: fault.draw(draws) });
      continue;
    }
    for (const atMs of timesOf(rate, draws, fromMs, days)) planned.push({ atMs, fault: fault.draw(draws) });
  }
  return planned.sort((a, b) => a.atMs - b.atMs);
}

/** One after the other, as the draws of a strike come between those of two times. */
function* timesOf(rate: number, draws: Random, fromMs: number, days: number): Generator<number> {
  for (let day = 0; day < days; day++) {
    for (let left = rate; left > 0; left--) {
      if (draws.chance(Math.min(1, left))) yield Math.floor(fromMs + (day + draws.next()) * DAY);
    }
  }
}
