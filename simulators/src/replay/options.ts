import { isId } from '@usewire/protocol/wire';
import type { TimeContext } from './files.ts';
import { zoneClock } from './local-time.ts';

export interface ReplayOptions {
  /** Files, or folders with everything in them. */
  paths: readonly string[];
  /** Address of the gateway's broker: 'mqtt://127.0.0.1:1883'. */
  gateway: string;
  /** Address of the gateway's admin, to ask what arrived. Without it only the acks tell. */
  http?: string;
  /** Default 'replay'. */
  tenant?: string;
  /** Password of the devices, where the gateway wants one. */
  token?: string;
  /** Times as fast as it was; default: as fast as it can. */
  speed?: number;
  /** Of local times without a zone. Default 'UTC'. */
  zone?: string;
  /** The date of day 1 where a recording has no dates. Default '2020-01-01'. */
  firstDay?: string;
  /** How long nothing may move before a file counts as failed. Default 30,000. */
  patienceMs?: number;
  onProgress?(progress: Progress): void;
}

export interface Progress {
  file: string;
  /** Of all files, from 1. */
  number: number;
  files: number;
  /** Actions of this file. */
  done: number;
  total: number;
}

export type Settings = Required<Omit<ReplayOptions, 'http' | 'token' | 'speed' | 'zone' | 'firstDay'>> &
  Pick<ReplayOptions, 'http' | 'token' | 'speed'> & { time: TimeContext };

/** Options with their defaults, or what is wrong with them and what is right. */
export function settingsOf(options: ReplayOptions): Settings | string {
  const { tenant = 'replay', zone = 'UTC', firstDay = '2020-01-01', speed } = options;
  const toUnixMs = zoneClock(zone);
  const [year = 0, month = 0, day = 0] = firstDay.split('-').map(Number);
  if (!/^mqtts?:\/\/./.test(options.gateway)) {
    return `the gateway '${options.gateway}' is no address: expected one such as mqtt://127.0.0.1:1883`;
  }
  if (!isId(tenant)) {
    return `the tenant '${tenant}' is none: 1 to 32 of the characters A-Z a-z 0-9 _ -`;
  }
  if (!toUnixMs) {
    return `the zone '${zone}' is unknown: a name such as UTC or America/Chicago, or an offset such as +02:00`;
  }
  if (!isDate(firstDay)) {
    return `the first day '${firstDay}' is no date: expected one such as 2020-01-01`;
  }
  if (speed !== undefined && !(speed > 0 && speed < Infinity)) {
    return `the speed '${speed}' is none: expected a number above 0, 60 for a minute in a second`;
  }
  return {
    patienceMs: 30_000,
    onProgress: () => {},
    ...options,
    tenant,
    time: { toUnixMs, firstDay: { year, month, day } },
  };
}

function isDate(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}
