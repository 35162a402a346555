import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package libfaketime puts it, by architecture. */
const LIBRARIES = '/usr/lib';
const preload = new URL('shifted-clock.mjs', import.meta.url).href;

/**
 * The gateway's wall clock, which can be set while it runs. By libfaketime where that is installed: below everything, SQLite and
 * file times included. Else injected: what JavaScript takes for the time.
 */
export function createGatewayClock(folder) {
  const library = libfaketime();
  const file = join(folder, 'gateway-clock');
  const set = (offsetMs) =>
    writeFileSync(
      file,
      library === undefined ? String(offsetMs) : `${offsetMs < 0 ? '-' : '+'}${Math.abs(offsetMs) / 1000}`,
    );
  set(0);
  return library === undefined
    ? { by: 'injected', set, nodeArgs: ['--import', preload], env: { USEWIRE_CHAOS_CLOCK: file } }
    : { by: 'libfaketime', set, nodeArgs: [], env: faked(library, file) };
}

function libfaketime() {
  if (!existsSync(LIBRARIES)) return undefined;
  return readdirSync(LIBRARIES)
    .map((name) => join(LIBRARIES, name, 'faketime', 'libfaketime.so.1'))
    .find((path) => existsSync(path));
}

/** The file is looked at every second; the monotonic clock and the times of files stay true, as when a clock is set. */
function faked(library, file) {
  return {
    ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_CACHE_DURATION: '1' },
    ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' },
  };
}
