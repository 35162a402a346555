import type { StoragePort } from '@usewire/device-sdk/core';
import { expect, it } from 'vitest';

export interface StorageUnderTest {
  storage: StoragePort;
  /** The process ends and another one opens the same storage. */
  reopen(): StoragePort;
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

function synced(storage: StoragePort): Promise<boolean> {
  return new Promise((resolve) => storage.sync(resolve));
}

/** What the core relies on. Every storage runs it: the double, the files, later the flash of a board. */
export function storageContract(open: () => StorageUnderTest): void {
  it('starts empty', () => {
    const { storage } = open();
    expect(storage.list()).toEqual([]);
    expect(storage.size('a-1')).toBe(0);
    expect(storage.read('a-1', 0, 10)).toBeNull();
    expect(storage.get('k')).toBeNull();
  });

  it('appends in order and reads any part', () => {
    const { storage } = open();
    expect(storage.append('a-1', bytes(1, 2, 3))).toBe(true);
    expect(storage.append('a-1', bytes(255, 0))).toBe(true);
    expect(storage.size('a-1')).toBe(5);
    expect(storage.read('a-1', 0, 5)).toEqual(bytes(1, 2, 3, 255, 0));
    expect(storage.read('a-1', 2, 2)).toEqual(bytes(3, 255));
  });

  it('reads fewer bytes at the end, and none beyond it', () => {
    const { storage } = open();
    storage.append('a-1', bytes(1, 2, 3));
    expect(storage.read('a-1', 2, 100)).toEqual(bytes(3));
    expect(storage.read('a-1', 9, 4)).toHaveLength(0);
  });

  it('does not keep the caller’s buffer', () => {
    const { storage } = open();
    const mine = bytes(7, 8);
    storage.append('a-1', mine);
    storage.put('k', mine);
    mine.fill(0);
    expect(storage.read('a-1', 0, 2)).toEqual(bytes(7, 8));
    expect(storage.get('k')).toEqual(bytes(7, 8));
  });

  it('keeps segments apart and lists them', () => {
    const { storage } = open();
    storage.append('a-1', bytes(1));
    storage.append('b-10', bytes(2, 2));
    storage.append('j-0011aaff.7', bytes(3));
    expect(storage.list().sort()).toEqual(['a-1', 'b-10', 'j-0011aaff.7']);
    expect(storage.read('b-10', 0, 9)).toEqual(bytes(2, 2));
  });

  it('removes a segment, and one that is not there without complaint', () => {
    const { storage } = open();
    storage.append('a-1', bytes(1));
    storage.remove('a-1');
    storage.remove('a-1');
    expect(storage.list()).toEqual([]);
    expect(storage.size('a-1')).toBe(0);
    storage.append('a-1', bytes(9));
    expect(storage.read('a-1', 0, 9)).toEqual(bytes(9));
  });

  it('overwrites a segment in its place, and takes no offence at one that is not there', async () => {
    const { storage, reopen } = open();
    storage.append('a-1', bytes(1, 2, 3));
    storage.append('a-2', bytes(4));
    expect(await synced(storage)).toBe(true);
    expect(storage.wipe('a-1')).toBe(true);
    expect(storage.wipe('a-9')).toBe(true);
    expect(storage.read('a-1', 0, 9)).toEqual(bytes(0, 0, 0));
    storage.append('a-1', bytes(7));
    expect(await synced(storage)).toBe(true);
    const later = reopen();
    expect(later.list().sort()).toEqual(['a-1', 'a-2']);
    expect(later.read('a-1', 0, 9)).toEqual(bytes(0, 0, 0, 7));
    expect(later.read('a-2', 0, 9)).toEqual(bytes(4));
  });

  it('replaces values and leaves them out of the list', () => {
    const { storage } = open();
    expect(storage.put('k', bytes(1, 2, 3))).toBe(true);
    expect(storage.put('k', bytes(4))).toBe(true);
    expect(storage.get('k')).toEqual(bytes(4));
    expect(storage.list()).toEqual([]);
  });

  it('answers each sync once', async () => {
    const { storage } = open();
    storage.append('a-1', bytes(1));
    expect(await synced(storage)).toBe(true);
    storage.append('a-1', bytes(2));
    storage.append('a-2', bytes(3));
    storage.remove('a-1');
    const answers = await Promise.all([synced(storage), synced(storage)]);
    expect(answers).toEqual([true, true]);
  });

  it('has everything after the end of the process, synced or not', async () => {
    const { storage, reopen } = open();
    storage.append('a-1', bytes(1, 2));
    await synced(storage);
    storage.append('a-1', bytes(3));
    storage.append('a-2', bytes(4));
    storage.put('k', bytes(5));
    const later = reopen();
    expect(later.list().sort()).toEqual(['a-1', 'a-2']);
    expect(later.read('a-1', 0, 9)).toEqual(bytes(1, 2, 3));
    expect(later.get('k')).toEqual(bytes(5));
    expect(await synced(later)).toBe(true);
    later.append('a-1', bytes(6));
    expect(later.read('a-1', 0, 9)).toEqual(bytes(1, 2, 3, 6));
  });

  it('holds many segments at once', async () => {
    const { storage } = open();
    for (let i = 0; i < 100; i++) storage.append(`s-${i}`, bytes(i));
    expect(await synced(storage)).toBe(true);
    for (let i = 0; i < 100; i++) expect(storage.read(`s-${i}`, 0, 1)).toEqual(bytes(i));
    for (let i = 0; i < 100; i++) storage.remove(`s-${i}`);
    expect(storage.list()).toEqual([]);
  });
}
