import type { ActionValue } from '../behaviour/action.ts';

export type TruthValue = number | string | boolean | null;
export type TruthAttributes = { readonly [name: string]: ActionValue | undefined };

/** Where something was recorded: which recorder of which boot of which device. */
interface Place {
  tenant: string;
  device: string;
  product: string;
  point: string;
  subject: string | null;
  /** Boot counter as decimal text, or the boot id as 16 hex digits. */
  boot: string;
  uptimeMs: number;
  /** True Unix ms, whatever the device's own clock said. */
  atMs: number;
}

/**
 * What truly happened on a device, a line each. Values in model units, states by label, sessions in seconds of duration.
 * Counters and distributions are recorded by the SDK when it flushes, so the truth of them is what went in.
 */
export type Truth =
  | (Place & { kind: 'record'; value: TruthValue; attributes?: TruthAttributes })
  | (Place & { kind: 'samples'; periodMs: number; values: number[] })
  /** The counter's sum since boot, from this time on. */
  | (Place & { kind: 'counted'; total: number })
  | (Place & { kind: 'observed'; values: number[] })
  | Account
  /** First line of a file: the one command that does the same again. */
  | { kind: 'run'; command: string };

/** How many records the SDK of one boot accepted in all. */
export interface Account {
  kind: 'account';
  tenant: string;
  device: string;
  boot: string;
  accepted: number;
  /** Of those, what was not yet durable when this boot's power was cut. 0 for a boot that ended otherwise. */
  atRisk: number;
}

/** The part of the gateway's sink record that a verdict looks at. */
export interface Arrived {
  tenant: string;
  device: string;
  point: string;
  pointId: number;
  kind: string;
  subject: string | null;
  boot: string;
  seq: number;
  index: number;
  atMs: number;
  uptimeMs: number;
  timeQuality: number;
  timeBoundMs: number | null;
  value: unknown;
  attributes: { readonly [name: string]: unknown };
}

/** Records that one line of truth stands for; 0 where the SDK decides when to record. */
export function recordsIn(line: Truth): number {
  if (line.kind === 'record') return 1;
  return line.kind === 'samples' ? line.values.length : 0;
}

export const deviceName = (of: { tenant: string; device: string }): string => `${of.tenant}.${of.device}`;

export const streamKey = (of: {
  tenant: string;
  device: string;
  point: string;
  subject: string | null;
}): string => `${of.tenant}.${of.device} ${of.point} ${of.subject ?? ''}`;

/** One arrived record in a line of text. */
export function describe(record: Arrived): string {
  const who = record.subject === null ? record.point : `${record.point} (${record.subject})`;
  const where = `boot ${record.boot} seq ${record.seq} index ${record.index}`;
  return `${who} ${where} uptime ${record.uptimeMs} ms = ${JSON.stringify(record.value)}`;
}
