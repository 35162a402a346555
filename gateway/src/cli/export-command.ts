import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDataSheet, toDataSheetPage } from '@usewire/protocol/check';
import { encodeModel } from '@usewire/protocol/model';
import type { GatewayConfig } from '../config/schema.ts';
import { newErasure } from '../domain/erasure/erasure.ts';
import { slotIn, slotNames } from '../domain/erasure/subjects.ts';
import type { Tombstone } from '../domain/ports.ts';
import { type Exported, exportData } from '../export/export-data.ts';
import type { ExportFormat } from '../export/export-files.ts';
import { tell } from './device-registry-file.ts';
import { readDevice } from './erase-ask.ts';
import { CommandEnd, Exit } from './exit.ts';
import type { PlaceFlags } from './quarantine-flags.ts';
import { readTime } from './read-time.ts';
import { readSettings } from './settings.ts';
import { readStore, type StoreReader } from './store-reader.ts';

interface ExportFlags extends PlaceFlags {
  device?: string;
  subject?: string;
  from?: string;
  to?: string;
  format: string;
  out?: string;
}

const FORMATS = ['jsonl', 'csv', 'parquet'] as const;

/** `usewire export`: what is held of a person, in forms that any tool reads. Beside a running gateway, too. */
export function exportCommand(flags: ExportFlags): void {
  const config = readSettings(flags);
  const format = FORMATS.find((name) => name === flags.format);
  if (format === undefined)
    throw new CommandEnd(Exit.usage, `--format is "${flags.format}"; it is one of ${FORMATS.join(', ')}.`);
  const directory = emptyFolder(flags.out);
  const reader = readStore(config.dataDirectory);
  const wanted = readWanted(flags, reader);
  const done = exportData({ wanted, format, directory }, { ...reader, store: storeOf(config) });
  for (const { model, table } of done.models) {
    writeFileSync(join(directory, `${table.product}.data-sheet.md`), toDataSheet(model));
    writeFileSync(join(directory, `${table.product}.data-sheet.html`), toDataSheetPage(model));
    writeFileSync(join(directory, `${table.product}.model`), encodeModel(model));
  }
  writeFileSync(
    join(directory, 'export.json'),
    `${JSON.stringify(manifest(wanted, format, done), null, 2)}\n`,
  );
  tell(flags, { directory, ...done, models: undefined }, textOf(done, directory));
}

function emptyFolder(out: string | undefined): string {
  if (out === undefined) throw new CommandEnd(Exit.usage, '--out is missing; name a folder for the files.');
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new CommandEnd(
      Exit.usage,
      `${out} is not empty; name a new folder, so that nothing of two people is mixed.`,
    );
  mkdirSync(out, { recursive: true });
  return out;
}

function readWanted(flags: ExportFlags, { spool, models }: StoreReader): Tombstone {
  const id = readDevice(flags.device);
  const hash =
    spool.load().devices.find((row) => row.tenant === id.tenant && row.device === id.device)?.modelHash ?? '';
  const tables = models.map(({ table }) => table);
  const own = tables.find((table) => Buffer.from(table.hash).toString('hex').startsWith(hash.slice(0, 8)));
  const ofProduct = tables.filter(({ product }) => hash !== '' && product === own?.product);
  const named =
    flags.subject !== undefined && /^\d{1,3}$/.test(flags.subject) ? Number(flags.subject) : flags.subject;
  const subject = slotIn(ofProduct, named);
  if (subject === undefined)
    throw new CommandEnd(
      Exit.refused,
      `No model of ${id.tenant}.${id.device} has a subject "${flags.subject}".`,
    );
  const fromMs = flags.from === undefined ? undefined : readTime(flags.from, '--from').firstMs;
  const toMs = flags.to === undefined ? undefined : readTime(flags.to, '--to').lastMs;
  const names = subject === null ? [] : slotNames(ofProduct, subject);
  return newErasure(
    { ...id, subject, fromMs, toMs, by: '' },
    { id: '', names, nowMs: Date.now(), byDevice: false },
  );
}

function storeOf({ sinks }: GatewayConfig): string | null {
  const found = sinks.find((sink) => sink.type === 'sqlite');
  return found?.type === 'sqlite' ? found.file : null;
}

function manifest(wanted: Tombstone, format: ExportFormat, { files, records }: Exported): object {
  const { tenant, device, subject, names, fromMs, toMs } = wanted;
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  return { tenant, device, subject, names, ...range, format, records, files, made: new Date().toISOString() };
}

function textOf({ files, records, models }: Exported, directory: string): string {
  if (records === 0) return `Nothing is held of them; ${directory} has only export.json.\n`;
  const lines = files.map(({ name, records: count }) => `  ${name}  ${count}`);
  const sheets = models.map(({ table }) => `${table.product}.data-sheet.md`).join(', ');
  return `${records} records in ${directory}:\n${lines.join('\n')}\nWhat they mean: ${sheets}\n`;
}
