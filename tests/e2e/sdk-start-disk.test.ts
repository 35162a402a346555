import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '@usewire/device-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallDisk, whyNoSmallDisk } from '../support/failing-disk/small-disk.ts';

const missing = whyNoSmallDisk();
const title = 'D2 a device that starts on a real disk';

describe.skipIf(missing !== null)(missing === null ? title : `${title} (skipped: ${missing})`, () => {
  let home = '';
  let disk: ReturnType<typeof smallDisk>;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'usewire-start-'));
    disk = smallDisk(join(home, 'disk'), '1m');
  });
  afterEach(() => {
    disk.unmount();
    rmSync(home, { recursive: true, force: true });
  });

  const open = () => fileStorage(join(disk.path, 'device'));

  it('that is full opens, is refused what it writes, and goes on when there is room', () => {
    disk.fill();
    const storage = open();
    expect(storage.append('s', Uint8Array.of(1))).toBe(false);
    disk.free();
    expect(storage.append('s', Uint8Array.of(1))).toBe(true);
    expect(storage.read('s', 0, 9)).toEqual(Uint8Array.of(1));
    storage.close();
  });

  it('that is read-only is told so in words, and starts when it may write', () => {
    disk.readOnly(true);
    expect(open).toThrow(expect.objectContaining({ code: 'DEV_DATA_DIR' }));
    disk.readOnly(false);
    const storage = open();
    expect(storage.append('s', Uint8Array.of(1))).toBe(true);
    storage.close();
  });
});
