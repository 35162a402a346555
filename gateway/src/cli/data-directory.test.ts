import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory } from '../make-directory.ts';
import { claimDataDirectory } from './data-directory.ts';

describe('data folder', () => {
  let base = '';
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'usewire-claim-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('is made with the folders above it, and may be there already', () => {
    const path = join(base, 'a', 'b', 'c');
    makeDirectory(path);
    makeDirectory(path);
    expect(existsSync(path)).toBe(true);
  });

  it('belongs to one gateway at a time', () => {
    const path = join(base, 'data');
    const release = claimDataDirectory(path);
    expect(() => claimDataDirectory(path)).toThrow(
      `Another gateway is running with the data folder ${path}; stop it, or give this one a folder of its own with --data-dir.`,
    );
    release();
    claimDataDirectory(path)();
  });

  it('is refused in one sentence where a file is in the way', () => {
    writeFileSync(join(base, 'file'), '');
    expect(() => claimDataDirectory(join(base, 'file'))).toThrow(
      'file cannot be used: a file stands where the folder should be.',
    );
    expect(() => claimDataDirectory(join(base, 'file', 'x'))).toThrow(
      'cannot be used: a part of that path is a file.',
    );
  });

  it.skipIf(!existsSync('/proc/self'))('is refused, and not waited for, where no folder can be made', () => {
    expect(() => claimDataDirectory('/proc/usewire')).toThrow(
      '/proc/usewire cannot be used: no folder can be made there.',
    );
  });
});
