import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RescueReport, readReports } from '../../spool/rescue/rescue-report.ts';
import type { Finding, Patient } from './finding.ts';

/** What became of stores that were damaged: their reports stand beside them. */
export function checkRescues({ config: { dataDirectory } }: Patient): Finding[] {
  if (!existsSync(dataDirectory)) return [];
  return readReports(dataDirectory).map((report) => ({
    check: 'rescue',
    level: 'note',
    says: rescueInWords(report),
    todo: `The damaged store is kept as ${join(dataDirectory, report.movedTo)}; when nobody wants to look into it any more, delete it with its .json.`,
    facts: report,
  }));
}

export function rescueInWords({ at, found, carriedOver, lost, forgottenBoots }: RescueReport): string {
  const { messages, quarantined, devices } = carriedOver;
  return [
    `${at}: the store was damaged (${found}).`,
    `Carried over: ${messages} messages, ${quarantined} in quarantine, ${devices} devices.`,
    lossInWords(lost),
    forgottenBoots === 0
      ? 'What was stored is still known: what devices send again is not stored twice.'
      : `Of ${forgottenBoots} ${forgottenBoots === 1 ? 'boot' : 'boots'} it is not known any more what was stored: duplicates are possible in the spool; sinks take a record they have once.`,
  ].join(' ');
}

function lossInWords({ messages, sequences, more }: RescueReport['lost']): string {
  const tail = more ? ' Newer ones may have stood at its end, of which nothing can be told.' : '';
  if (messages === 0) return `Lost: no message that can be told.${tail}`;
  const whose = sequences.map(({ tenant, device, boot, ranges }) => {
    const list = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
    return `${tenant}.${device} boot ${boot}: ${list.join(', ')}`;
  });
  const named = whose.length === 0 ? '' : ` (sequence numbers of ${whose.join('; ')})`;
  return `Lost: ${messages} ${messages === 1 ? 'message' : 'messages'} that had been acknowledged${named}.${tail}`;
}
