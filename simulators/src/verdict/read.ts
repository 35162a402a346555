import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Arrived, Truth } from './truth.ts';

/** Input that cannot be used; the message says where and why. */
export class InputError extends Error {}

async function* linesOf<T>(path: string): AsyncGenerator<T> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    if (line.trim() === '') continue;
    yield parse<T>(line, `${path}:${number}`);
  }
}

function parse<T>(line: string, where: string): T {
  try {
    return JSON.parse(line) as T;
  } catch {
    throw new InputError(`${where}: not a line of JSON`);
  }
}

/** Lines of a truth file. */
export function readTruth(path: string): AsyncGenerator<Truth> {
  if (!existsSync(path)) throw new InputError(`${path}: no such truth file`);
  return linesOf<Truth>(path);
}

/** Records from JSONL files, from all JSONL files of a folder, or from a gateway's `/api/records`. */
export async function* readArrived(source: string, patience: AbortSignal): AsyncGenerator<Arrived> {
  if (/^https?:/.test(source)) {
    yield* readPages(source, patience);
    return;
  }
  if (!existsSync(source)) throw new InputError(`${source}: no such file or folder`);
  for (const path of filesOf(source)) yield* linesOf<Arrived>(path);
}

function filesOf(source: string): string[] {
  if (!statSync(source).isDirectory()) return [source];
  const names = readdirSync(source).filter((name) => /\.(jsonl|ndjson)$/.test(name));
  return names.sort().map((name) => join(source, name));
}

const PAGE_RECORDS = 10_000;

/** Pages of NDJSON: each names the position to ask for next, until it is the one asked for. */
async function* readPages(url: string, patience: AbortSignal): AsyncGenerator<Arrived> {
  let after = 0;
  for (;;) {
    const page = new URL(url);
    page.searchParams.set('after', String(after));
    page.searchParams.set('limit', String(PAGE_RECORDS));
    const response = await fetch(page, { signal: patience }).catch((error: Error) => {
      throw new InputError(`${page}: ${(error.cause as Error | undefined)?.message ?? error.message}`);
    });
    if (!response.ok) throw new InputError(`${page}: answered ${response.status}`);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    for (const line of lines) yield parse<Arrived>(line, String(page));
    const next = Number(response.headers.get('x-next-after'));
    if (next <= after) return;
    after = next;
  }
}
