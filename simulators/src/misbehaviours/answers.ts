import type { CodeName } from '@usewire/protocol/wire';
import type { Answer } from './misbehaviour.ts';

const NOTHING = { subacks: [], acked: [], nacks: [], stored: 0, duplicates: 0, quarantined: [] } as const;

/** Closed without a word; nothing is stored. Before a CONNECT was accepted, no CONNACK either. */
export function closed(note?: string): Answer {
  return { ...NOTHING, connection: 'closed', ...(note === undefined ? {} : { note }) };
}

/** A CONNACK that says why, then closed. */
export function refusedConnect(connack: number, note?: string): Answer {
  return { ...closed(note), connack };
}

/** Nothing comes of it; the connection stays. */
export function ignored(note?: string): Answer {
  return { ...closed(note), connection: 'open' };
}

export function refusedSubscribe(note?: string): Answer {
  return { ...ignored(note), subacks: [0x80] };
}

/** The only publish of the case (packet id 1) is acknowledged, kept aside with its reason, and the device is told. */
export function kept(code: CodeName, note?: string): Answer {
  return { ...ignored(note), acked: [1], nacks: [code], quarantined: [code] };
}

/** All publishes (packet ids from 1) are acknowledged and stored. */
export function stored(messages: number, note?: string): Answer {
  return { ...ignored(note), acked: ids(messages), stored: messages };
}

/** Acknowledged, for what it is, without anything stored as data. */
export function taken(messages: number, note?: string): Answer {
  return { ...ignored(note), acked: ids(messages) };
}

export function ids(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
