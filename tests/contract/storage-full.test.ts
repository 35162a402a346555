import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event, fileStorage, product, start } from '@usewire/device-sdk';
import { manualClock, memoryTransport } from '@usewire/device-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallDisk, whyNoSmallDisk } from '../support/failing-disk/small-disk.ts';

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
const missing = whyNoSmallDisk();
const title = 'D2 file storage on a real disk';

describe.skipIf(missing !== null)(missing === null ? title : `${title} (skipped: ${missing})`, () => {
  let home = '';
  let disk: ReturnType<typeof smallDisk>;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'usewire-storage-full-'));
    disk = smallDisk(join(home, 'disk'), '1m');
  });
  afterEach(() => {
    disk.unmount();
    rmSync(home, { recursive: true, force: true });
  });

  const synced = (storage: ReturnType<typeof fileStorage>) =>
    new Promise<boolean>((resolve) => storage.sync(resolve));

  it('that is full: refuses in the answer, keeps what was there, goes on when there is space', async () => {
    const storage = fileStorage(join(disk.path, 'device'));
    expect(storage.append('a-1', bytes(100, 1))).toBe(true);
    expect(storage.put('epoch', bytes(9, 1))).toBe(true);
    expect(await synced(storage)).toBe(true);
    disk.fill();
    expect(storage.append('a-1', bytes(9_000, 2))).toBe(false);
    expect(storage.append('a-2', bytes(9_000, 2))).toBe(false);
    expect(storage.put('epoch', bytes(9_000, 2))).toBe(false);
    expect(storage.size('a-1')).toBe(100);
    expect(storage.read('a-1', 0, 9_999)).toEqual(bytes(100, 1));
    expect(storage.get('epoch')).toEqual(bytes(9, 1));
    disk.free();
    expect(storage.append('a-1', bytes(9_000, 3))).toBe(true);
    expect(storage.put('epoch', bytes(9_000, 3))).toBe(true);
    expect(await synced(storage)).toBe(true);
    expect(storage.read('a-1', 100, 9_999)).toEqual(bytes(9_000, 3));
    expect(storage.get('epoch')).toEqual(bytes(9_000, 3));
    storage.close();
  });

  it('never renames a value that was cut short over a whole one', () => {
    const storage = fileStorage(join(disk.path, 'device'));
    storage.put('epoch', bytes(9, 1));
    disk.fill();
    // One page is free again: the disk takes 4,096 bytes of the value, and says so by the count alone.
    disk.free();
    disk.fill(1);
    expect(storage.put('epoch', bytes(50_000, 2))).toBe(false);
    expect(storage.get('epoch')).toEqual(bytes(9, 1));
    storage.close();
  });

  it('that is full when a device starts: it comes up, to send what fills it', async () => {
    const kettle = product('test.kettle', 1, {
      purposes: { service: { basis: 'contract', code: 'service_provision' } },
      points: { boiled: event({ id: 1, for: 'service' }) },
    });
    const options = { tenant: 'acme', device: 'kettle-1', dataDir: join(disk.path, 'data') };
    const run = () =>
      start(kettle, {
        ...options,
        gateway: 'mqtt://127.0.0.1:1',
        transport: memoryTransport(),
        clock: manualClock(),
      });
    const first = run();
    first.boiled();
    await first.stop({ drainMs: 0 });
    disk.fill();
    const second = run();
    second.boiled();
    expect(second.status()).toMatchObject({ accepted: 1, queued: 2 });
    await second.stop({ drainMs: 0 });
  });

  it('that is read-only: the folder is refused with what to do', () => {
    disk.readOnly(true);
    expect(() => fileStorage(join(disk.path, 'device'))).toThrow(
      expect.objectContaining({
        code: 'DEV_DATA_DIR',
        message: expect.stringMatching(/Choose another dataDir/),
      }),
    );
  });
});
