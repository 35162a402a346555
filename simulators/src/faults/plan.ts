import { DAY, HOUR, MINUTE } from '../people/calendar.ts';
import type { Random } from '../random/stream.ts';

/** Faults that can be asked for. */
export const FAULT_KINDS = [
  'lostAck',
  'disconnect',
  'duplicate',
  'reboot',
  'clockOff',
  'noClock',
  'offline',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How often each kind strikes one device: mean times per day. `clockOff`, `noClock`: share of devices (0..1). */
export type FaultRates = { readonly [kind in FaultKind]?: number };

export type Fault =
  | { kind: 'lostAck' | 'disconnect' | 'duplicate' }
  /** Power gone: what was not durable is lost; back after `downMs`. */
  | { kind: 'reboot'; downMs: number }
  /** No link for `forMs`. */
  | { kind: 'offline'; forMs: number }
  /** The clock says it runs free, and is this wrong. */
  | { kind: 'clockOff'; byMs: number }
  | { kind: 'noClock' };

export interface PlannedFault {
  atMs: number;
  fault: Fault;
}

const YEAR = 365 * DAY;

/** All faults of one device from `fromMs` for `days`, in order of time. Own stream per kind: one kind more changes no other. */
export function planFaults(
  rates: FaultRates,
  random: (purpose: string) => Random,
  fromMs: number,
  days: number,
): PlannedFault[] {
  const planned: PlannedFault[] = [];
  for (const kind of FAULT_KINDS) {
    const rate = rates[kind] ?? 0;
    if (rate <= 0) continue;
    const draws = random(`fault/${kind}`);
    if (kind === 'clockOff' || kind === 'noClock') {
      if (draws.chance(rate)) planned.push({ atMs: fromMs, fault: faultOf(kind, draws) });
      continue;
    }
    for (let day = 0; day < days; day++) {
      for (let left = rate; left > 0; left--) {
        if (!draws.chance(Math.min(1, left))) continue;
        planned.push({ atMs: Math.floor(fromMs + (day + draws.next()) * DAY), fault: faultOf(kind, draws) });
      }
    }
  }
  return planned.sort((a, b) => a.atMs - b.atMs);
}

function faultOf(kind: FaultKind, draws: Random): Fault {
  if (kind === 'reboot') return { kind, downMs: draws.int(2_000, 5 * MINUTE) };
  if (kind === 'offline') return { kind, forMs: draws.int(HOUR, 3 * DAY) };
  if (kind === 'clockOff') return { kind, byMs: draws.pick([-1, 1]) * draws.int(YEAR, 12 * YEAR) };
  return { kind };
}
