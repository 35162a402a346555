import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '@usewire/device-sdk';
import { memoryStorage } from '@usewire/device-sdk/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { storageContract } from './storage-contract.ts';

const root = mkdtempSync(join(tmpdir(), 'usewire-storage-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const folder = (): string => join(root, String(count++));

describe('memory storage', () => {
  storageContract(() => {
    const storage = memoryStorage();
    return {
      storage,
      reopen: () => {
        storage.crash();
        return storage;
      },
    };
  });

  it('loses what was not synced when the power fails', () => {
    const storage = memoryStorage();
    storage.append('a-1', new Uint8Array([1, 2]));
    storage.append('b-1', new Uint8Array([5]));
    storage.sync(() => undefined);
    storage.append('a-1', new Uint8Array([3]));
    storage.append('a-2', new Uint8Array([4]));
    storage.remove('b-1');
    storage.crash({ dropUnsynced: true });
    expect(storage.list().sort()).toEqual(['a-1', 'b-1']);
    expect(storage.size('a-1')).toBe(2);
  });
});

describe('file storage', () => {
  storageContract(() => {
    const path = folder();
    let storage = fileStorage(path);
    return {
      storage,
      reopen: () => {
        storage.close();
        storage = fileStorage(path);
        return storage;
      },
    };
  });

  it('refuses a folder that is in use', () => {
    const path = folder();
    const first = fileStorage(path);
    expect(() => fileStorage(path)).toThrow(expect.objectContaining({ code: 'DEV_DATA_DIR_BUSY' }));
    first.close();
    fileStorage(path).close();
  });

  it('takes over the lock of a process that is gone', () => {
    const path = folder();
    fileStorage(path).close();
    writeFileSync(join(path, 'lock'), '999999999 12345\n');
    fileStorage(path).close();
  });

  it('says why a folder cannot be used', () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    expect(() => fileStorage(join(file, 'below'))).toThrow(expect.objectContaining({ code: 'DEV_DATA_DIR' }));
  });
});
