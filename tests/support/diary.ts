import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Entry,
  encodeModel,
  encodeRecords,
  event,
  modelTable,
  product,
  text,
} from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';

/** A bed in which two people write down what nobody else shall read: values that can be searched for in bytes. */
export const diary = product('test.diary', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  subjects: ['left', 'right'],
  points: { wrote: event({ id: 1, for: 'service', attributes: { words: text() } }) },
});
export const diaryBytes = encodeModel(diary);
export const diaryTable = modelTable(diary);

export interface Page {
  /** 1 = left, 2 = right, 0 = nobody. */
  subject: number;
  /** When the first line was written, Unix ms; the others a second later each. */
  atMs: number;
  lines: readonly string[];
  boot?: number;
}

const UPTIME_MS = 60_000;

/** One message of one person. */
export function diaryData(seq: number, { subject, atMs, lines, boot = 1 }: Page): Buffer {
  const entries = lines.map(
    (line, i): Entry => ({ form: 'record', point: 1, atMs: UPTIME_MS + i * 1_000, values: [line] }),
  );
  return Buffer.from(
    encodeMessage({
      kind: Kind.data,
      seq,
      boot,
      uptimeMs: UPTIME_MS,
      modelHash: diaryTable.hash.subarray(0, 4),
      epoch: 0,
      clock: { unixMs: atMs, quality: 3 },
      records: encodeRecords(diaryTable, UPTIME_MS, entries, 'plain'),
      ...(subject === 0 ? {} : { subject }),
    }),
  );
}

/** Every file below a folder, as bytes. */
export function filesBelow(directory: string): { path: string; bytes: Buffer }[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .flatMap((path) =>
      statSync(path).isDirectory() ? filesBelow(path) : [{ path, bytes: readFileSync(path) }],
    );
}

/** Where a text stands in any file below a folder: path and how often. */
export function findBytes(directory: string, words: string): string[] {
  return filesBelow(directory).flatMap(({ path, bytes }) => {
    let count = 0;
    for (let at = bytes.indexOf(words); at >= 0; at = bytes.indexOf(words, at + 1)) count += 1;
    return count === 0 ? [] : [`${path}: ${count}`];
  });
}
