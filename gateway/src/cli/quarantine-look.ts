import type { QuarantineEntry } from '../domain/ports.ts';
import { tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { type FilterFlags, type PlaceFlags, readFilter, readId } from './quarantine-flags.ts';
import { quarantineText } from './quarantine-words.ts';
import { readSettings } from './settings.ts';
import { readStore } from './store-reader.ts';
import { table } from './text-table.ts';

export function quarantineList(flags: FilterFlags & { limit: string }): void {
  if (!/^\d{1,4}$/.test(flags.limit) || Number(flags.limit) < 1 || Number(flags.limit) > 1_000)
    throw new CommandEnd(Exit.usage, `--limit is "${flags.limit}"; expected a whole number from 1 to 1000.`);
  const { spool } = readStore(readSettings(flags).dataDirectory);
  const found = spool.quarantine({ ...readFilter(flags, Date.now()), limit: Number(flags.limit) });
  const rows = found.map((entry) => [
    String(entry.id),
    new Date(entry.receivedAtMs).toISOString(),
    `${entry.tenant}.${entry.device}`,
    entry.reason,
    entry.seq === undefined ? '' : `boot ${entry.boot} seq ${entry.seq}`,
    String(entry.payload.length),
    entry.detail,
  ]);
  const head = ['id', 'received', 'device', 'reason', 'message', 'bytes', 'detail'];
  const text = found.length === 0 ? 'Nothing in quarantine matches.\n' : table(head, rows);
  tell(flags, found.map(asJson), text);
}

export function quarantineShow(id: string, flags: PlaceFlags): void {
  const { spool, model } = readStore(readSettings(flags).dataDirectory);
  const [entry] = spool.quarantine({ id: readId(id) });
  if (entry === undefined) {
    throw new CommandEnd(
      Exit.refused,
      `No entry ${id} is in quarantine: it was replayed, dropped, or pushed out by newer ones ("usewire quarantine list" shows what is there).`,
    );
  }
  tell(flags, asJson(entry), quarantineText(entry, model(entry.tenant, entry.madeWith ?? '')?.model));
}

function asJson(entry: QuarantineEntry): object {
  return { ...entry, payload: Buffer.from(entry.payload).toString('hex') };
}
