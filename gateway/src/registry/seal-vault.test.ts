import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterKeyError, masterKeyPath, sealVault } from './seal-vault.ts';

const NAME = { tenant: 't', device: 'bed', generation: 1 };
const secret = new Uint8Array(32).fill(7);

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-vault-'));
  file = masterKeyPath(directory, undefined);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the vault of seal keys', () => {
  it('gives back what it locked, also to a later process, and never the same bytes for it', () => {
    const vault = sealVault(file);
    const boxes = [vault.lock(secret, NAME), vault.lock(secret, NAME)];
    expect(boxes[0]).not.toEqual(boxes[1]);
    for (const box of boxes) expect(sealVault(file).unlock(box, NAME)).toEqual(secret);
    expect(Buffer.from(boxes[0]!).includes(Buffer.from(secret))).toBe(false);
  });

  it.each([
    ['another device', { ...NAME, device: 'car' }],
    ['another tenant', { ...NAME, tenant: 'u' }],
    ['another generation', { ...NAME, generation: 2 }],
  ])('opens nothing that was moved to %s', (_whose, name) => {
    const vault = sealVault(file);
    expect(vault.unlock(vault.lock(secret, NAME), name)).toBeNull();
  });

  it('opens nothing with a bit turned, cut short, or of another master key', () => {
    const vault = sealVault(file);
    const box = vault.lock(secret, NAME);
    for (let i = 0; i < box.length; i += 1) {
      const turned = box.slice();
      turned[i]! ^= 1;
      expect(vault.unlock(turned, NAME)).toBeNull();
    }
    for (let length = 0; length < box.length; length += 1)
      expect(vault.unlock(box.slice(0, length), NAME)).toBeNull();
    const other = sealVault(join(directory, 'other.key'));
    other.lock(secret, NAME);
    expect(other.unlock(box, NAME)).toBeNull();
  });

  it('keeps the master key in one line of a file that only its owner reads, made with the first secret', () => {
    const vault = sealVault(file);
    expect(() => statSync(file)).toThrow();
    vault.lock(secret, NAME);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('makes no second master key where one appeared meanwhile: nothing is locked with a key that is not kept', () => {
    const [first, second] = [sealVault(file), sealVault(file)];
    const box = first.lock(secret, NAME);
    expect(second.unlock(box, NAME)).toEqual(secret);
    expect(sealVault(file).unlock(second.lock(secret, NAME), NAME)).toEqual(secret);
  });

  it.each([
    ['is not there', undefined, /is not at .*bring it back/],
    ['is no key', 'hello\n', /64 hex digits/],
    ['was cut short', 'aabb', /64 hex digits/],
  ])('says what to do when the master key %s', (_what, content, problem) => {
    const box = sealVault(join(directory, 'lost.key')).lock(secret, NAME);
    if (content !== undefined) writeFileSync(file, content);
    const unlock = () => sealVault(file).unlock(box, NAME);
    expect(unlock).toThrow(MasterKeyError);
    expect(unlock).toThrow(problem);
  });

  it('does not make a key over one that cannot be read', () => {
    const folder = join(directory, 'a-folder');
    expect(() => sealVault(directory).lock(secret, NAME)).toThrow(MasterKeyError);
    expect(() => sealVault(join(folder, 'below.key')).lock(secret, NAME)).toThrow(/cannot be made/);
  });
});
