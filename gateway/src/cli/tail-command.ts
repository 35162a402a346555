import { setTimeout as pause } from 'node:timers/promises';
import { askGateway } from './admin-client.ts';
import { CommandEnd, Exit } from './exit.ts';
import type { RecordFeed, TailRecord } from './record-feed.ts';
import { recordLine } from './record-line.ts';

export interface TailOptions {
  url: string;
  dataDir?: string;
  device?: string;
  point?: string;
  from?: string;
  json?: boolean;
  once?: boolean;
}

const POLL_MS = 500;
const PAGE = 1_000;

export async function tailCommand(options: TailOptions): Promise<void> {
  const feed = options.dataDir === undefined ? gatewayFeed(options.url) : await storeFeed(options.dataDir);
  let after = startOf(options);
  for (;;) {
    const { records, next } = await feed.page(after);
    for (const record of records) {
      if (wanted(record, options))
        process.stdout.write(`${options.json ? JSON.stringify(record) : recordLine(record)}\n`);
    }
    if (records.length === 0 && options.once) return;
    if (records.length === 0) await pause(POLL_MS);
    after = next;
  }
}

function startOf({ from, once }: TailOptions): number | 'end' {
  if (from === undefined) return once ? 0 : 'end';
  if (/^\d{1,15}$/.test(from)) return Number(from);
  throw new CommandEnd(Exit.usage, `--from wants a position (a whole number), not "${from}".`);
}

function wanted(record: TailRecord, { device, point }: TailOptions): boolean {
  const named =
    device === undefined || device === record.device || device === `${record.tenant}.${record.device}`;
  return named && (point === undefined || ('point' in record && record.point === point));
}

function gatewayFeed(url: string): RecordFeed {
  return {
    async page(after) {
      const { text, headers } = await askGateway(url, `/api/records?after=${after}&limit=${PAGE}`);
      const lines = text.split('\n').filter((line) => line !== '');
      return {
        records: lines.map((line) => JSON.parse(line) as TailRecord),
        next: Number(headers['x-next-after']),
      };
    },
  };
}

async function storeFeed(dataDir: string): Promise<RecordFeed> {
  const { openStoreFeed } = await import('./store-feed.ts');
  return openStoreFeed(dataDir);
}
