import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSealKey } from '@usewire/protocol/seal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../support/usewire-cli.ts';

describe.skipIf(!isBuilt)('usewire device seal (built)', () => {
  let folder = '';
  let config = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-seal-cli-'));
    config = join(folder, 'usewire.yaml');
    writeFileSync(config, 'auth: { mode: registry }\nsinks: []\ndataDirectory: data\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const device = (...args: string[]) => usewire(['device', ...args, '--config', config]);

  it('prints a key once, renews it, and takes it away; the history tells each, and no key', async () => {
    const given = await device('seal', 'acme', 'bed-1', '--level', 's2');
    expect(given).toMatchObject({ code: 0, stderr: expect.stringContaining('it is shown only now') });
    expect(parseSealKey(given.stdout)).toMatchObject({ level: 2, generation: 1 });
    expect((await device('seal', 'acme', 'bed-1', '--level', 's2')).stderr).toContain('rotate-seal-key');
    // Never used, so the new one takes its place; S3 brings a private key.
    const rotated = await device('rotate-seal-key', 'acme', 'bed-1', '--level', 's3');
    expect(parseSealKey(rotated.stdout)?.privateKey?.asymmetricKeyType).toBe('ed25519');
    expect(parseSealKey(rotated.stdout)).toMatchObject({ level: 3, generation: 1 });
    const shown = await device('show', 'acme', 'bed-1');
    expect(shown.stdout).toContain('seal key 1: S3, never used');
    expect(shown.stdout).toContain('sealed in S2, key generation 1');
    expect(shown.stdout).not.toContain(given.stdout.trim());
    expect((await device('unseal', 'acme', 'bed-1')).stdout).toContain('no seal keys any more');
    expect((await device('rotate-seal-key', 'acme', 'bed-1')).stderr).toContain('has no seal key');
  });

  it.each([
    [['seal', 'acme', 'bed-1', '--level', 's4'], /--level is "s4"; expected s1, s2 or s3/],
    [['seal', 'acme', 'bed 1', '--level', 's1'], /is no name/],
    [['rotate-seal-key', 'acme', 'bed-1', '--grace', 'soon'], /--grace is "soon"/],
    [['seal', 'acme', 'bed-1', '--level', 's3', '--public-key', '/nowhere.pem'], /no public key in PEM/],
  ])('refuses %j', async (args, problem) => {
    const ended = await device(...args);
    expect(ended).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(problem) });
  });
});
