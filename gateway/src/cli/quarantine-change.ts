import { encodeModel } from '@usewire/protocol/model';
import { countBy } from '../domain/counters.ts';
import type { QuarantineFilter } from '../domain/ports.ts';
import type { ReplayReport } from '../domain/quarantine-desk.ts';
import { confirmed } from './confirmed.ts';
import { type DeskClient, withDesk } from './desk-client.ts';
import { tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readModelFile } from './model-files.ts';
import { type FilterFlags, readFilter, readId } from './quarantine-flags.ts';
import { readSettings } from './settings.ts';

/** Entries a call: an answer comes every few seconds, and a break costs no more than it. */
const AT_ONCE = 10_000;
const ALL = 1_000_000;

type ReplayFlags = FilterFlags & { model?: string; dryRun?: boolean };

export async function quarantineReplay(id: string | undefined, flags: ReplayFlags): Promise<void> {
  const filter = chosen(id, flags);
  const model = flags.model === undefined ? undefined : modelBytes(flags.model);
  const dryRun = flags.dryRun ?? false;
  const report = await withDesk(readSettings(flags), flags.url, (desk) =>
    replayAll(desk, filter, { dryRun, model }),
  );
  tell(flags, { dryRun, ...report }, replayText(report, dryRun));
}

type Told = Omit<ReplayReport, 'nextId'>;

async function replayAll(
  desk: DeskClient,
  filter: QuarantineFilter,
  how: { dryRun: boolean; model?: Uint8Array },
): Promise<Told> {
  const sum: Told = { examined: 0, stored: 0, records: 0, duplicates: 0, discarded: 0, refused: {} };
  for (let afterId: number | null = 0; afterId !== null; ) {
    // A dry run is one look: copies in quarantine are told from each other only within a call.
    const limit = how.dryRun ? ALL : AT_ONCE;
    const { nextId, refused, ...counts }: ReplayReport = await desk.replay({
      filter: { ...filter, afterId },
      limit,
      ...how,
    });
    for (const [key, count] of Object.entries(counts)) sum[key as keyof typeof counts] += count;
    for (const [reason, count] of Object.entries(refused)) countBy(sum.refused, reason, count);
    afterId = nextId;
  }
  return sum;
}

function replayText(
  { examined, stored, records, duplicates, discarded, refused }: Told,
  dryRun: boolean,
): string {
  const lines = [
    `${examined} looked at${dryRun ? ' (dry run: nothing is changed)' : ''}`,
    `  ${stored} ${dryRun ? 'would be stored' : 'stored'}, with ${records} records`,
    `  ${duplicates} stored already; ${dryRun ? 'they would leave' : 'they left'} the quarantine`,
    ...(discarded === 0
      ? []
      : [`  ${discarded} ${dryRun ? 'would be ' : ''}discarded: nobody has agreed to them, or not any more`]),
    ...Object.entries(refused).map(([reason, count]) => `  ${count} still refused: ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

export async function quarantineDrop(
  id: string | undefined,
  flags: FilterFlags & { yes?: boolean },
): Promise<void> {
  const filter = chosen(id, flags);
  if (!flags.yes) await confirmed(`Drop ${inWords(filter)} for good`, 'Nothing was dropped.');
  let dropped = 0;
  await withDesk(readSettings(flags), flags.url, async (desk) => {
    for (let afterId: number | null = 0; afterId !== null; ) {
      const answer: { dropped: number; nextId: number | null } = await desk.drop({
        filter: { ...filter, afterId },
        limit: AT_ONCE,
      });
      dropped += answer.dropped;
      afterId = answer.nextId;
    }
  });
  tell(flags, { dropped }, `${dropped} dropped for good; the audit has who, when and what.\n`);
}

function chosen(id: string | undefined, flags: FilterFlags): QuarantineFilter {
  const filter = readFilter(flags, Date.now());
  return id === undefined ? filter : { ...filter, id: readId(id) };
}

function inWords(filter: QuarantineFilter): string {
  return Object.keys(filter).length === 0 ? 'EVERYTHING in quarantine' : JSON.stringify(filter);
}

function modelBytes(path: string): Uint8Array {
  const result = readModelFile(path);
  if (result.ok) return encodeModel(result.model);
  throw new CommandEnd(Exit.config, result.problems.join('\n'));
}
