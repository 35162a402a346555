import { readFileSync } from 'node:fs';
import type { DeviceSpec } from '../device/spec.ts';
import { FAULT_KINDS, type FaultRates } from '../faults/plan.ts';
import { DAY } from '../people/calendar.ts';
import { durationMs } from '../world/duration.ts';
import { UsageError } from '../world/fleet.ts';
import { namedRates } from './named-rates.ts';

/** `usewire-sim fleet` as it was asked for. */
export interface FleetFlags {
  gateway: string;
  devices: number;
  products: string[];
  seed: string;
  mode: 'live' | 'day';
  days: number;
  /** Unix ms of the midnight UTC at which the last day ends. */
  until?: number;
  tenant: string;
  token?: string;
  tokenFile?: string;
  faults: FaultRates;
  state?: string;
  /** Ms. */
  catchUp?: number;
  truth?: string;
  json: boolean;
}

/** Whole number from 1; throws `UsageError` that names the option. */
export function positive(name: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new UsageError(`${name} is '${text}'; it must be a whole number from 1`);
  };
}

export function mode(text: string): 'live' | 'day' {
  if (text === 'live' || text === 'day') return text;
  throw new UsageError(`--mode is '${text}'; it must be 'live' or 'day'`);
}

const MOST_CATCH_UP_MS = 7 * DAY;

/** Ms of '24h', '90m' or '0'. */
export function catchUp(text: string): number {
  const ms = text === '0' ? 0 : durationMs(text);
  if (ms <= MOST_CATCH_UP_MS) return ms;
  throw new UsageError(`--catch-up is '${text}'; it must be 7d at most`);
}

/** Without a memory of what was lived before, every start would live the same day again. */
export function catchUpOf(flags: Pick<FleetFlags, 'catchUp' | 'state'>): number {
  return flags.catchUp ?? (flags.state === undefined ? 0 : DAY);
}

/** Unix ms of a date's midnight UTC. */
export function midnightOf(text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  throw new UsageError(`--until is '${text}'; it must be a date such as 2026-03-02`);
}

/** The command that does the same days again, also on another date. */
export function repeatCommand(flags: FleetFlags, untilMs: number): string {
  const { gateway, devices, products, seed, days, tenant, faults, truth } = flags;
  const until = new Date(untilMs).toISOString().slice(0, 10);
  const rates = Object.entries(faults).map(([kind, rate]) => `${kind}=${rate}`);
  const parts = ['usewire-sim fleet --mode day', `--gateway ${gateway}`, `--devices ${devices}`];
  parts.push(`--products ${products.join(',')}`, `--seed ${seed}`, `--days ${days}`, `--until ${until}`);
  parts.push(`--tenant ${tenant}`);
  if (rates.length > 0) parts.push(`--faults ${rates.join(',')}`);
  if (truth !== undefined) parts.push(`--truth ${truth}`);
  return parts.join(' ');
}

/** `lostAck=2,reboot=0.5`: mean times per device and day, or the share of devices, as each fault has it. */
export function faultRates(text: string): FaultRates {
  return Object.fromEntries(namedRates(FAULT_KINDS)(text));
}

/** Tokens from `--token` (one for all) or `--token-file` (lines of `tenant.device token`). */
export function tokens(flags: Pick<FleetFlags, 'token' | 'tokenFile'>): (spec: DeviceSpec) => string {
  if (flags.tokenFile === undefined) return () => flags.token ?? 'simulated';
  const known = new Map<string, string>();
  for (const line of readTokens(flags.tokenFile).split('\n')) {
    const [name, token] = line.trim().split(/\s+/);
    if (name !== undefined && token !== undefined) known.set(name, token);
  }
  return (spec) => {
    const token = known.get(`${spec.tenant}.${spec.name}`);
    if (token !== undefined) return token;
    throw new UsageError(`${flags.tokenFile} has no token for ${spec.tenant}.${spec.name}`);
  };
}

function readTokens(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--token-file ${path} cannot be read: ${(error as Error).message}`);
  }
}
