import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildRecorder } from './record-life.ts';

/** Another seed each time; the one in a failing test's name makes the same run again: `USEWIRE_SEED=<n> npm test -- power-cut`. */
export const SEED = Number(process.env.USEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 24));

/** A disk in memory where there is one: what is synced here outlives no power cut but the test's own, and others may keep the real disk busy. */
function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A folder for the tests of one file, and the recorder in it. */
export function workshop() {
  const root = realpathSync(mkdtempSync(join(fastFolder(), 'usewire-power-')));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const recorder = buildRecorder(root);
  const library = recorder.ok ? recorder.library : '';
  /** Stands in the name of a test that is skipped. */
  const why = recorder.ok ? '' : `, skipped: ${recorder.why}`;
  return { root, work: join(root, 'work'), library, cannot: !recorder.ok, why };
}
