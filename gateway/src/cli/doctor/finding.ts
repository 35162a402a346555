import type { GatewayConfig } from '../../config/schema.ts';

/** One thing that was looked at. */
export interface Finding {
  /** Which check, in one word. */
  check: string;
  /** problem: something is wrong now. note: worth knowing, nothing is wrong now. */
  level: 'ok' | 'note' | 'problem';
  /** One sentence. */
  says: string;
  /** What to do about it. */
  todo?: string;
  /** The same for programs. */
  facts?: object;
}

export interface Patient {
  config: GatewayConfig;
  nowMs: number;
  /** Whether a gateway runs with this data folder. */
  isRunning: boolean;
}

/** Looks at one thing and changes nothing. */
export type Check = (patient: Patient) => Finding[] | Promise<Finding[]>;

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), units.length - 1);
  return `${Number((count / 1024 ** step).toPrecision(3))} ${units[step]}`;
}
