import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPages, type PageSource } from './pages.ts';
import { type Rebuilt, rebuild } from './rebuild.ts';
import { type RescueReport, writeReport } from './rescue-report.ts';
import { type SalvagedState, salvageState } from './salvage.ts';
import { syncFolder } from './sync-folder.ts';

const NEW = 'spool.db.new';
const MOST_RANGES = 100;

export interface RescueOptions {
  directory: string;
  /** What was found, for the operator. */
  found: string;
  nowMs: number;
  /** Newest position, where the caller knows it; 0 = not. */
  lastPosition: number;
  /** Names of the sinks that are to have everything. */
  sinks: readonly string[];
  /** Closes the damaged store; called when the new one is complete. Throws when its place cannot be taken in this process. */
  release(): void;
}

/**
 * Carries everything that can be read of a damaged store over into a new one and moves the damaged one aside, whole. Throws when the new one
 * cannot be written (a full disk): then nothing has changed, and it can be tried again. A crash at any point leaves either the
 * damaged store or the new one in place (`finishRescue`).
 */
export function rescue(options: RescueOptions): RescueReport {
  const { directory, nowMs } = options;
  const path = join(directory, 'spool.db');
  removeStore(join(directory, NEW));
  const pages = openPages(path);
  try {
    const state = salvageState(pages);
    const known = Math.max(options.lastPosition, lastKnown(state));
    const nextPosition = Math.max(known + 1, nowMs);
    const positions = { lastPosition: known, nextPosition, sinks: options.sinks };
    const rebuilt = rebuild(join(directory, NEW), pages, state, positions);
    const report = makeReport(options, { pages, state, rebuilt });
    writeReport(directory, report);
    options.release();
    moveAside(directory, report.movedTo);
    renameSync(join(directory, NEW), path);
    syncFolder(directory);
    return report;
  } finally {
    pages.close();
  }
}

/** After a crash in the middle: a new store without the old one in its place is complete; beside it, it is not. */
export function finishRescue(directory: string, nowMs: number): void {
  if (!existsSync(join(directory, NEW))) return;
  if (existsSync(join(directory, 'spool.db'))) {
    removeStore(join(directory, NEW));
    return;
  }
  moveAside(directory, asideName(nowMs));
  renameSync(join(directory, NEW), join(directory, 'spool.db'));
  syncFolder(directory);
}

function asideName(nowMs: number): string {
  return `spool.db.damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`;
}

function moveAside(directory: string, name: string): void {
  for (const part of ['', '-wal']) {
    const from = join(directory, `spool.db${part}`);
    if (existsSync(from)) renameSync(from, join(directory, name + part));
  }
  rmSync(join(directory, 'spool.db-shm'), { force: true });
}

function removeStore(path: string): void {
  for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true });
}

/** Positions that the store tells of besides its rows. */
function lastKnown({ meta, cursors }: SalvagedState): number {
  return Math.max(0, meta.get('position') ?? 0, meta.get('snapshot') ?? 0, ...cursors.values());
}

interface Findings {
  pages: PageSource;
  state: SalvagedState;
  rebuilt: Rebuilt;
}

function makeReport(options: RescueOptions, { pages, state, rebuilt }: Findings): RescueReport {
  const boots = [...state.boots.values()];
  return {
    at: new Date(options.nowMs).toISOString(),
    found: options.found,
    movedTo: asideName(options.nowMs),
    carriedOver: {
      messages: rebuilt.messages,
      quarantined: state.quarantine.size,
      devices: state.devices.size,
      boots: boots.length,
      models: state.models.size,
      consents: state.consents.size + state.choices.size,
      sinks: [...state.cursors.keys()].filter((name) => !name.includes(':')).length,
    },
    lost: {
      messages: pairs(rebuilt.lost).reduce((sum, [first, last]) => sum + last - first + 1, 0),
      positions: pairs(rebuilt.lost).slice(0, MOST_RANGES),
      sequences: [...rebuilt.sequences].slice(0, MOST_RANGES).map(([id, ranges]) => {
        const { tenant, device, boot } = state.boots.get(id)!;
        return { tenant, device, boot, ranges };
      }),
      more: options.lastPosition === 0 && mayHideMore(pages, state, rebuilt),
    },
    forgottenBoots: boots.filter(({ ranges }) => ranges === null).length,
  };
}

/** The end of the store is missing, or something that cannot be read may have stood there. */
function mayHideMore(pages: PageSource, state: SalvagedState, { lost }: Rebuilt): boolean {
  const head = pages.page(1);
  const isShort = head === null || head.readUInt32BE(28) > pages.count;
  return isShort || pages.badFrames > 0 || state.badRecords > 0 || lost.length > 0;
}

function pairs(flat: readonly number[]): [number, number][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[i * 2]!, flat[i * 2 + 1]!]);
}
