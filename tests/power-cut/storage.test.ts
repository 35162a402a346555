import { join } from 'node:path';
import { type FileStorage, fileStorage } from '@usewire/device-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cutting, cutLife, type Life } from './cut-life.ts';
import { digest } from './marks.mjs';
import { recordLife, writeImage } from './record-life.ts';
import { noteStorage, type StorageHistory, storageHistory } from './storage-history.ts';
import { SEED, workshop } from './workshop.ts';

const CUTS = Number(process.env.USEWIRE_POWER_CUTS ?? 300);
const LIVES = 3;

const { root, work, library, cannot, why } = workshop();

async function recordStorage(number: number): Promise<Life> {
  const before = new Map();
  writeImage(work, before);
  const options = { orders: { seed: SEED + number, steps: 300 }, syncUs: 500 };
  return { number, before, steps: await recordLife(library, 'storage-child.mjs', work, options) };
}

function segmentFaults(storage: FileStorage, { segments }: StorageHistory): string[] {
  const faults: string[] = [];
  const names = new Set(storage.list());
  for (const name of names) if (!segments.has(name)) faults.push(`invented: segment ${name}`);
  for (const [name, { bytes, promisedLength, removed }] of segments) {
    if (removed === 'promised' && names.has(name)) faults.push(`lost: the removal of ${name}`);
    if (removed !== 'no') continue;
    const found = Buffer.from(storage.read(name, 0, bytes.length + 1) ?? []);
    if (found.length > bytes.length) faults.push(`invented: bytes of ${name}`);
    // Behind what is promised anything may stand: the core has checksums for that.
    if (!found.subarray(0, promisedLength).equals(bytes.subarray(0, promisedLength)))
      faults.push(`lost: of ${name}`);
  }
  return faults;
}

function valueFaults(storage: FileStorage, { values }: StorageHistory): string[] {
  const faults: string[] = [];
  for (const [key, { promised, asked }] of values) {
    const bytes = storage.get(key);
    const found = bytes === null ? null : digest(bytes);
    if (found !== promised && found !== asked)
      faults.push(found === null ? `lost: value ${key}` : `torn: value ${key}`);
  }
  return faults;
}

/** It works again: what is written and synced now is there. */
async function useFaults(storage: FileStorage): Promise<string[]> {
  const isSynced = await new Promise<boolean>((resolve) => {
    if (!storage.append('again', Uint8Array.of(1, 2))) resolve(false);
    storage.sync(resolve);
  });
  const isPut = storage.put('k0', Uint8Array.of(3));
  return isSynced && isPut && storage.size('again') === 2 ? [] : ['stuck: it cannot be written to'];
}

async function judgeStorage(folder: string, history: StorageHistory): Promise<string[]> {
  const storage = fileStorage(join(folder, 'device'));
  try {
    return [
      ...segmentFaults(storage, history),
      ...valueFaults(storage, history),
      ...(await useFaults(storage)),
    ];
  } finally {
    storage.close();
  }
}

describe.skipIf(cannot)(`a device's files, whose power is cut (USEWIRE_SEED=${SEED}${why})`, () => {
  let first: Life;
  beforeAll(async () => {
    first = await recordStorage(1);
  });

  function cutting(history: StorageHistory, changes: Partial<Cutting> = {}): Cutting {
    const judge = (folder: string) => judgeStorage(folder, history);
    return {
      seed: SEED,
      cuts: CUTS / LIVES,
      root,
      onMark: (text) => noteStorage(history, text),
      judge,
      ...changes,
    };
  }

  it(`have what was synced, and old or new of each value, in ${CUTS} cuts`, async () => {
    const faults: string[] = [];
    for (let number = 1; number <= LIVES; number += 1) {
      const life = number === 1 ? first : await recordStorage(number);
      faults.push(...(await cutLife(life, cutting(storageHistory()))).faults);
    }
    expect(faults).toEqual([]);
  });

  it.each([
    ['segments', 'device/segments/', 'lost: of'],
    ['values', 'device/values/', 'torn: value'],
  ])('would be caught if they did not sync their %s', async (_what, folder, fault) => {
    const disk = { ignoresSyncOf: (path: string) => path.startsWith(folder) };
    const { faults } = await cutLife(first, cutting(storageHistory(), { disk }));
    expect(faults.filter((found) => found.includes(fault)).length).toBeGreaterThan(5);
  });
});
