import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What became of a damaged store: for the log, for `usewire doctor`, and for the file that stands beside it. */
export interface RescueReport {
  /** ISO time. */
  at: string;
  /** What was found, in SQLite's words or ours. */
  found: string;
  /** The damaged store, whole, in the data folder. */
  movedTo: string;
  carriedOver: {
    messages: number;
    quarantined: number;
    devices: number;
    boots: number;
    models: number;
    consents: number;
    sinks: number;
  };
  lost: {
    /** Messages that were acknowledged, not delivered to every sink yet, and cannot be read. */
    messages: number;
    /** Their positions in the spool; at most 100 ranges. */
    positions: [first: number, last: number][];
    /** Their sequence numbers, where messages before and behind them tell. */
    sequences: { tenant: string; device: string; boot: string; ranges: [first: number, last: number][] }[];
    /** True: the end of the store may have held more, of which nothing is known. */
    more: boolean;
  };
  /** Boots of which it is not known any more what was stored: what their devices send again is stored twice. */
  forgottenBoots: number;
}

const NAME = /^spool\.db\.damaged-.*\.json$/;

export function writeReport(directory: string, report: RescueReport): void {
  writeFileSync(join(directory, `${report.movedTo}.json`), `${JSON.stringify(report, null, 2)}\n`);
}

/** Of all damaged stores that were moved aside in this folder, oldest first. */
export function readReports(directory: string): RescueReport[] {
  return readdirSync(directory)
    .filter((name) => NAME.test(name))
    .sort()
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(directory, name), 'utf8')) as RescueReport];
      } catch {
        // One that was cut short by a full disk; the damaged store stands beside it all the same.
        return [];
      }
    });
}
