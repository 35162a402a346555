import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdsText } from '@usewire/device-sdk/testing';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plantedToken } from '../support/planted-token.ts';

/**
 * The planted-value search in memory and files of a real process: at each moment of its life the child gives away its heap snapshot (every string that
 * lives) and the bytes of every buffer that lives, and copies its files. Garbage that nothing holds is the engine's; both dumps collect it first.
 */
const root = mkdtempSync(join(tmpdir(), 'usewire-planted-'));
const dataDir = join(root, 'data');
const seed = Number(process.env.USEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 24));
const moments = ['undecided', 'decided', 'granted', 'withdrawn', 'forgotten'] as const;
type Moment = (typeof moments)[number];

/** What each text is, and when it is in memory and when in files: where it may be it has to be, or the search proves nothing. */
const planted: [string, Partial<Record<Moment, 'memory' | 'files'>>][] = [
  ['said on the left before anyone decided, refused then', { undecided: 'memory' }],
  [
    'said on the right before anyone decided, granted then',
    { undecided: 'memory', decided: 'files', granted: 'files' },
  ],
  ['a nap on the left that began before anyone decided', { undecided: 'memory' }],
  ['said on the right under the grant', { granted: 'files' }],
  ['moved on the right, which needs no grant', { granted: 'files', withdrawn: 'files' }],
  ['a nap on the right that is open', { granted: 'memory' }],
  ['said on the left after the refusal', {}],
  ['said on the right just before the withdrawal', { granted: 'memory' }],
];

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

beforeAll(async () => {
  await build({
    entry: { child: join(import.meta.dirname, '../support/planted-child.ts') },
    outDir: root,
    format: ['cjs'],
    platform: 'node',
    target: 'node20',
    noExternal: [/./],
    splitting: false,
    silent: true,
    config: false,
    dts: false,
    esbuildOptions: (options) => {
      options.conditions = ['@usewire/source'];
    },
  });
  mkdirSync(dataDir);
  const child = spawn(process.execPath, [join(root, 'child.cjs'), JSON.stringify({ seed, dataDir })], {
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(0);
}, 100_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(moments)(`planted texts (seed ${seed}) when it is %s`, (moment) => {
  it.each(planted.map(([what, where], index) => ({ what, where: where[moment], index })))(
    '$what: $where',
    ({ where, index }) => {
      const token = plantedToken(seed, index);
      const buffers = readFileSync(join(dataDir, `${moment}.buffers`));
      const heap = readFileSync(join(dataDir, `${moment}.heapsnapshot`));
      const files = filesBelow(join(dataDir, `${moment}.files`)).map((path) => readFileSync(path));
      const isInMemory = holdsText(buffers, token) || heap.includes(token);
      const isInFiles = files.some((bytes) => holdsText(bytes, token));
      if (where === undefined || where === 'files') expect(heap.includes(token)).toBe(false);
      if (where === undefined) expect(isInMemory).toBe(false);
      if (where === 'memory') expect(isInMemory).toBe(true);
      expect(isInFiles).toBe(where === 'files');
    },
  );
});
