import type { Chosen, ConsentDesk, ServiceChoice, Signal } from '../domain/consent/consent-desk.ts';
import { type ConsentRecord, consentRecord } from '../domain/consent/consent-record.ts';
import { purposeWord } from '../domain/consent/purpose-words.ts';
import { askGateway } from './admin-client.ts';
import { CommandEnd, Exit } from './exit.ts';

/** Enters a choice; the answer is its record. */
export type Choose = (choice: AskedChoice) => Promise<ConsentRecord>;

/** `source` = where an imported choice was kept before; else it is whoever runs the command. */
export type AskedChoice = Omit<ServiceChoice, 'by'> & { source?: string };

/** Enters a signal against third parties, or its end. */
export type SendSignal = (signal: Omit<Signal, 'by'>) => Promise<ConsentRecord>;

export function localSignal(desk: ConsentDesk, by: string): SendSignal {
  return async (signal) => recordOf(await desk.signal({ ...signal, by }));
}

export function remoteSignal(url: string, by: string): SendSignal {
  return async ({ isOptOut: optOut, ...of }) => {
    const answer = await askGateway(url, '/api/consents/signal', { ...of, optOut, by });
    return JSON.parse(answer.text) as ConsentRecord;
  };
}

function recordOf(chosen: Chosen): ConsentRecord {
  if (chosen.ok) return consentRecord(chosen.row)!;
  throw new CommandEnd(Exit.refused, chosen.problem);
}

export function localChoose(desk: ConsentDesk, by: string): Choose {
  return async ({ source = by, ...choice }) => recordOf(await desk.choose({ ...choice, by: source }));
}

export function remoteChoose(url: string, by: string): Choose {
  return async ({ purposes, source = by, ...choice }) => {
    const named = Object.entries(purposes).map(([code, granted]) => [purposeWord(Number(code)), granted]);
    const body = { ...choice, purposes: Object.fromEntries(named), by: source };
    return JSON.parse((await askGateway(url, '/api/consents', body)).text) as ConsentRecord;
  };
}
