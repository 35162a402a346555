import type { QuarantineFilter } from '../domain/ports.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSpan } from './span.ts';

export interface PlaceFlags {
  config?: string;
  dataDir?: string;
  url?: string;
  json?: boolean;
}

export interface FilterFlags extends PlaceFlags {
  tenant?: string;
  device?: string;
  reason?: string;
  since?: string;
}

/** `now` is Unix ms. */
export function readFilter(flags: FilterFlags, now: number): QuarantineFilter {
  const filter: QuarantineFilter = {};
  const [first, second] = (flags.device ?? '').split('.');
  if (flags.tenant !== undefined) filter.tenant = flags.tenant;
  if (flags.device !== undefined) filter.device = second ?? first!;
  if (second !== undefined) filter.tenant = first!;
  if (flags.reason !== undefined) filter.reason = flags.reason;
  if (flags.since !== undefined) filter.sinceMs = now - readSpan(flags.since, '--since');
  return filter;
}

export function readId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CommandEnd(Exit.usage, `"${text}" is no id of an entry; "usewire quarantine list" shows them.`);
}
