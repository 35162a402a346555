import type { MessageKey } from '@usewire/gateway';

/** A message as the life told it before it asked for its commit. */
export interface ToldMessage extends MessageKey {
  records: number;
  digest: string;
}

export interface AskedCommit {
  asks: 'commit';
  messages: ToldMessage[];
  /** Details of entries, each another. */
  quarantined: string[];
  released: string[];
  /** Numbers of entries of the consent ledger. */
  consents: number[];
}

type Asked =
  | AskedCommit
  | { asks: 'advance'; sink: string; position: number }
  | { asks: 'checkpoint'; through: number };

/** What a store owes at one moment of a life: what it has answered, and what was asked and may or may not have come about. */
export interface SpoolHistory {
  /** Of answered commits, by their name, with the position that each has to be at. */
  messages: Map<string, ToldMessage & { position: number }>;
  lastPosition: number;
  quarantined: Set<string>;
  consents: Set<number>;
  cursors: Map<string, number>;
  /** Rows up to here may have been pruned. */
  prunable: number;
  pending: Asked | null;
}

export function nameOf({ tenant, device, boot, seq }: MessageKey): string {
  return `${tenant}.${device}.${boot}.${seq}`;
}

export function spoolHistory(): SpoolHistory {
  const sets = { quarantined: new Set<string>(), consents: new Set<number>() };
  const positions = { lastPosition: 0, prunable: 0, cursors: new Map<string, number>() };
  return { messages: new Map(), ...sets, ...positions, pending: null };
}

/** Takes a mark of the life. `answersEarly`: what is asked for counts as answered, as if devices were told before the commit. */
export function note(history: SpoolHistory, text: string, answersEarly = false): void {
  const mark = JSON.parse(text) as Asked | { answered: true };
  if ('answered' in mark) {
    answered(history);
    return;
  }
  history.pending = mark;
  if (mark.asks === 'checkpoint') history.prunable = Math.max(history.prunable, mark.through);
  if (answersEarly) answered(history);
}

/** What was asked has come about. */
export function answered(history: SpoolHistory): void {
  const asked = history.pending;
  history.pending = null;
  if (asked?.asks === 'commit') keep(history, asked);
  if (asked?.asks === 'advance') history.cursors.set(asked.sink, asked.position);
}

function keep(history: SpoolHistory, { messages, quarantined, released, consents }: AskedCommit): void {
  for (const message of messages) {
    history.lastPosition += 1;
    history.messages.set(nameOf(message), { ...message, position: history.lastPosition });
  }
  for (const detail of quarantined) history.quarantined.add(detail);
  for (const detail of released) history.quarantined.delete(detail);
  for (const number of consents) history.consents.add(number);
}
