import type { Erasure } from '../domain/erasure/erasure.ts';
import { withDesk } from './desk-client.ts';
import { tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import type { PlaceFlags } from './quarantine-flags.ts';
import { readSettings } from './settings.ts';
import { ago, table } from './text-table.ts';

export async function eraseStatus(id: string | undefined, flags: PlaceFlags): Promise<void> {
  const all = await withDesk(readSettings(flags), flags.url, (desk) => desk.erasures());
  const erasures = id === undefined ? all : [chosen(all, id)];
  tell(
    flags,
    erasures,
    erasures.length === 0 ? 'Nobody has asked for anything to be erased.\n' : statusText(erasures),
  );
}

export async function eraseReceipts(id: string, flags: PlaceFlags): Promise<void> {
  const erasure = chosen(await withDesk(readSettings(flags), flags.url, (desk) => desk.erasures()), id);
  tell(flags, erasure.receipts, receiptsText(erasure));
}

/** The beginning of an id is enough. */
function chosen(all: readonly Erasure[], id: string): Erasure {
  const [found, other] = all.filter((erasure) => erasure.id.startsWith(id));
  if (found !== undefined && other === undefined) return found;
  const why = found === undefined ? `No request has the id ${id}` : `Several requests begin with ${id}`;
  throw new CommandEnd(Exit.refused, `${why}; "usewire erase status" lists them.`);
}

function statusText(erasures: readonly Erasure[]): string {
  const rows = erasures.map((erasure) => {
    const { id, tenant, device, subject, askedAtMs, erased } = erasure;
    const whose = subject === null ? 'everybody' : (erasure.names[0] ?? String(subject));
    const counts = [String(erased.records), String(erased.quarantined)];
    return [
      id,
      `${tenant}.${device}`,
      whose,
      ago(Date.now() - askedAtMs),
      stepWords(erasure),
      ...counts,
      toldWords(erasure),
    ];
  });
  return table(
    ['request', 'device', 'subject', 'asked', 'how far', 'records', 'quarantine', 'device knows'],
    rows,
  );
}

const STEPS = {
  messages: 'erasing the spool',
  quarantine: 'erasing the quarantine',
  overwrite: 'overwriting files',
  sinks: 'waiting for sinks',
  done: 'done',
} as const;

function stepWords({ step, receipts }: Erasure): string {
  const byHand = receipts.filter(({ isErased }) => !isErased).length;
  const left = byHand === 0 ? '' : `, ${byHand} ${byHand === 1 ? 'place' : 'places'} by hand`;
  return step === 'sinks' ? `${STEPS.sinks} (${receipts.length - 1} answered)` : STEPS[step] + left;
}

function toldWords({ told }: Erasure): string {
  if (told.receipt === 'acked') return 'has the receipt';
  if (told.erase === 'owed') return 'not yet';
  return told.receipt === 'owed'
    ? 'receipt on its way'
    : told.erase === 'acked'
      ? 'has erased'
      : 'asked for it';
}

function receiptsText({ id, receipts, told }: Erasure): string {
  const rows = receipts.map(({ place, records, isErased, attempts, answeredAtMs, answer }) => [
    ...[place, records === null ? '-' : String(records), isErased ? 'yes' : 'BY HAND'],
    ...[String(attempts), new Date(answeredAtMs).toISOString(), answer],
  ]);
  const device =
    told.records === null
      ? 'The device has not answered.'
      : `The device erased ${told.records} records of its own.`;
  return `Request ${id}\n${table(['place', 'records', 'erased', 'attempts', 'answered', 'answer'], rows)}${device}\n`;
}
