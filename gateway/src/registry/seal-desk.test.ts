import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSealKey, type SealKey } from '@usewire/protocol/seal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Issued } from './answers.ts';
import { type DeviceRegistry, openDeviceRegistry } from './device-registry.ts';
import { openRegistryFile } from './schema.ts';
import { sealRows } from './seal-rows.ts';
import { masterKeyPath, sealVault } from './seal-vault.ts';

const BED = { tenant: 't', device: 'bed' };
const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

let directory = '';
let registry: DeviceRegistry;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-seal-desk-'));
  registry = openDeviceRegistry(directory, () => NOW);
});
afterEach(() => {
  registry.close();
  rmSync(directory, { recursive: true, force: true });
});

function keyOf(issued: Issued): SealKey {
  const key = issued.ok ? parseSealKey(issued.token) : null;
  if (key === null) throw new Error('no seal key was issued');
  return key;
}

/** What the gateway does when a frame first proves a key; and what it finds. */
function withRows<T>(work: (rows: ReturnType<typeof sealRows>) => T): T {
  const db = openRegistryFile(directory, 1_000);
  try {
    return work(sealRows(db));
  } finally {
    db.close();
  }
}
const prove = (generation: number) => withRows((rows) => rows.use(BED, generation, NOW));
const generations = () => registry.seals.list(BED).map(({ generation, untilMs }) => [generation, untilMs]);

describe('the desk of seal keys', () => {
  it('gives a key once, and keeps the one that it showed, locked', () => {
    const key = keyOf(registry.seals.give(BED, 2));
    expect(key).toMatchObject({ level: 2, generation: 1 });
    expect(registry.seals.give(BED, 2)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('rotate'),
    });
    const [row] = withRows((rows) => rows.of(BED));
    const vault = sealVault(masterKeyPath(directory, undefined));
    expect(vault.unlock(row!.secret, { ...BED, generation: 1 })).toEqual(new Uint8Array(key.secret));
    const inClear = Buffer.from(key.secret);
    for (const name of readdirSync(directory))
      expect(readFileSync(join(directory, name)).includes(inClear)).toBe(false);
  });

  it('takes the key before for the time of grace when it was in use', () => {
    keyOf(registry.seals.give(BED, 2));
    prove(1);
    expect(keyOf(registry.seals.rotate(BED, HOUR))).toMatchObject({ level: 2, generation: 2 });
    expect(generations()).toEqual([
      [2, null],
      [1, NOW + HOUR],
    ]);
  });

  it('replaces a key that was never used at once, under the same generation', () => {
    const first = keyOf(registry.seals.give(BED, 1));
    const second = keyOf(registry.seals.rotate(BED, HOUR, { level: 2 }));
    expect([second.generation, second.level]).toEqual([1, 2]);
    expect(second.secret).not.toEqual(first.secret);
    expect(generations()).toEqual([[1, null]]);
  });

  it('never makes a time of grace longer by another rotation', () => {
    registry.seals.give(BED, 2);
    prove(1);
    registry.seals.rotate(BED, HOUR);
    prove(2);
    registry.seals.rotate(BED, 5 * HOUR);
    expect(generations()).toEqual([
      [3, null],
      [2, NOW + 5 * HOUR],
      [1, NOW + HOUR],
    ]);
  });

  it('keeps the last four generations, for devices that are late', () => {
    registry.seals.give(BED, 2);
    for (let generation = 1; generation < 7; generation += 1) {
      prove(generation);
      registry.seals.rotate(BED, HOUR);
    }
    expect(generations().map(([generation]) => generation)).toEqual([7, 6, 5, 4]);
  });

  it('makes the pair of S3 itself, or takes the public half of one that the device made', () => {
    expect(keyOf(registry.seals.give(BED, 3)).privateKey?.asymmetricKeyType).toBe('ed25519');
    const { publicKey } = generateKeyPairSync('ed25519');
    const own = keyOf(registry.seals.rotate(BED, 0, { publicKey }));
    expect(own.privateKey).toBeUndefined();
    const [row] = withRows((rows) => rows.of(BED));
    expect(Buffer.from(row!.publicKey!)).toEqual(publicKey.export({ format: 'der', type: 'spki' }));
  });

  it('takes all keys away, and says when there are none', () => {
    expect(registry.seals.remove(BED)).toMatchObject({ ok: false });
    expect(registry.seals.rotate(BED, 0)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('"seal"'),
    });
    registry.seals.give(BED, 2);
    expect(registry.seals.remove(BED)).toEqual({ ok: true });
    expect(generations()).toEqual([]);
    expect(registry.history(BED).map(({ what }) => what)).toEqual([
      'sealed in S2, key generation 1',
      'seal keys removed',
    ]);
  });
});
