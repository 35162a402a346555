import type { Tombstone } from '../domain/ports.ts';

/** A tombstone as a CloudEvent: what a receiver has of this is to go. Its id names the request for ever, so that it may come twice. */
export interface EraseEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: 'org.usewire.erase.v1';
  subject?: string;
  time: string;
  datacontenttype: 'application/json';
  partitionkey: string;
  data: {
    tenant: string;
    device: string;
    /** Null = everybody; else the slot, and every name that records of it may carry (none = records without a subject). */
    subject: number | null;
    names: readonly string[];
    /** When it happened, ISO 8601, both ends included. */
    from: string;
    to: string;
    /** True: also what was received until `to`, whatever time it says. */
    whole: boolean;
  };
}

export function eraseEvent(tombstone: Tombstone): EraseEvent {
  const { id, tenant, device, subject, names, fromMs, toMs, isWhole: whole } = tombstone;
  const iso = (ms: number) => new Date(ms).toISOString();
  const [name] = names;
  return {
    specversion: '1.0',
    id: `erase/${id}`,
    source: `urn:pou:${tenant}:${device}`,
    type: 'org.usewire.erase.v1',
    ...(name === undefined ? {} : { subject: name }),
    time: iso(toMs),
    datacontenttype: 'application/json',
    partitionkey: `${tenant}.${device}`,
    data: { tenant, device, subject, names, from: iso(fromMs), to: iso(toMs), whole },
  };
}

/** Of a log, which cannot be edited: readers have to act on the tombstone. */
export const TOLD =
  'tombstone written; a log is not edited: records stay until its retention, readers have to act on the tombstone';
