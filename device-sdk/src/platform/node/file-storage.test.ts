import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileStorage } from './file-storage.ts';

describe('the folder of a file storage', () => {
  it('is made with all that is missing above it', () => {
    const base = mkdtempSync(join(tmpdir(), 'usewire-sdk-'));
    const folder = join(base, 'a', 'b', 'device');
    const storage = fileStorage(folder);
    expect(storage.append('one', new Uint8Array([1]))).toBe(true);
    storage.close();
    expect(existsSync(join(folder, 'segments', 'one'))).toBe(true);
    // Made again where all of it is there.
    fileStorage(folder).close();
    rmSync(base, { recursive: true });
  });

  it.skipIf(!existsSync('/proc/self'))(
    'is refused at once where none can be made; mkdir of Node would try for ever',
    () => {
      expect(() => fileStorage('/proc/usewire/device')).toThrow(
        expect.objectContaining({
          code: 'DEV_DATA_DIR',
          message: expect.stringMatching(
            /^The folder \/proc\/usewire\/device cannot be used: .*ENOENT.*Choose/,
          ),
        }),
      );
    },
  );
});
