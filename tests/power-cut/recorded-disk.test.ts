import { describe, expect, it } from 'vitest';
import type { CutRandom } from './cut-random.ts';
import type { DiskStep } from './disk-log.ts';
import { readImage, recordLife, writeImage } from './record-life.ts';
import { type DiskImage, recordedDisk } from './recorded-disk.ts';
import { SPOOL_LIMITS } from './spool-verdict.ts';
import { SEED, workshop } from './workshop.ts';

const nothing: CutRandom = { survives: () => false, below: () => 0 };
const all: CutRandom = { survives: () => true, below: () => 0 };
/** Survival by turns: yes, no, yes, no. */
const everyOther = (): CutRandom => {
  let turn = false;
  return {
    survives: () => {
      turn = !turn;
      return turn;
    },
    below: () => 0,
  };
};

const text = (image: DiskImage) =>
  Object.fromEntries(
    [...image].map(([path, bytes]) => [path, bytes === null ? null : bytes.toString('latin1')]),
  );

function disk(steps: readonly DiskStep[], before: Record<string, string | null> = {}) {
  const entries = Object.entries(before).map(([path, bytes]): [string, Buffer | null] => [
    path,
    bytes === null ? null : Buffer.from(bytes),
  ]);
  const made = recordedDisk(new Map(entries));
  for (const step of steps) made.apply(step);
  return made;
}

const create = (path: string, inode = 1): DiskStep => ({ do: 'create', inode, path });
const open = (path: string, inode = 1): DiskStep => ({ do: 'open', inode, path });
const write = (bytes: string, offset = 0, inode = 1): DiskStep => ({
  do: 'write',
  inode,
  offset,
  bytes: Buffer.from(bytes),
});
const sync = (inode = 1): DiskStep => ({ do: 'sync', inode });
const syncFolder = (path = ''): DiskStep => ({ do: 'syncFolder', path });
const rename = (from: string, to: string): DiskStep => ({ do: 'rename', from, to });

describe('a disk after a power cut', () => {
  it.each<
    [
      what: string,
      steps: DiskStep[],
      before: Record<string, string | null>,
      left: Record<string, string | null>,
    ]
  >([
    ['has what was there before', [], { a: 'x' }, { a: 'x' }],
    ['has not what was not synced', [open('a'), write('new')], { a: 'old' }, { a: 'old' }],
    ['has what was synced', [open('a'), write('new'), sync()], { a: 'old' }, { a: 'new' }],
    ['has no name that its folder was not synced for', [create('a'), write('x'), sync()], {}, {}],
    [
      'has an empty file when only the folder was synced',
      [create('a'), write('x'), syncFolder()],
      {},
      { a: '' },
    ],
    ['has both', [create('a'), write('x'), sync(), syncFolder()], {}, { a: 'x' }],
    ['still has what was removed', [{ do: 'unlink', path: 'a' }], { a: 'x' }, { a: 'x' }],
    ['has the old name', [rename('a', 'b')], { a: 'x', b: 'y' }, { a: 'x', b: 'y' }],
    ['has the new name', [rename('a', 'b'), syncFolder()], { a: 'x', b: 'y' }, { b: 'x' }],
    [
      'has nothing in a folder that is lost',
      [{ do: 'mkdir', path: 'f' }, create('f/a'), syncFolder('f')],
      {},
      {},
    ],
    [
      'is as long as was synced',
      [open('a'), { do: 'truncate', inode: 1, size: 1 }],
      { a: 'xyz' },
      { a: 'xyz' },
    ],
  ])('%s', (_what, steps, before, left) => {
    expect(text(disk(steps, before).afterCut(nothing))).toEqual(left);
  });

  it('has whatever the system had written out by itself', () => {
    const made = disk([create('a'), write('x'), rename('a', 'b')]);
    expect(text(made.afterCut(all))).toEqual({ b: 'x' });
    expect(text(made.now())).toEqual({ b: 'x' });
  });

  it('tears a write at the bounds of sectors, in any order', () => {
    const made = disk([open('a'), write(`${'1'.repeat(412)}${'2'.repeat(512)}${'3'.repeat(100)}`, 100)], {
      a: '',
    });
    // The first and the third sector survive.
    const left = text(made.afterCut(everyOther())).a;
    expect(left).toBe(`${'\0'.repeat(100)}${'1'.repeat(412)}${'\0'.repeat(512)}${'3'.repeat(100)}`);
  });

  it('never has a rename without the file that was renamed', () => {
    const steps = [create('a.new'), write('x'), sync(), rename('a.new', 'a')];
    let turn = 0;
    const onlyTheSecond = { survives: () => turn++ > 0, below: () => 0 };
    expect(text(disk(steps, { a: 'old' }).afterCut(onlyTheSecond))).toEqual({ a: 'old' });
  });
});

const isSame = (a: Buffer | null, b: Buffer | null) => (a === null || b === null ? a === b : a.equals(b));

const { work, library, cannot, why } = workshop();

describe.skipIf(cannot)(`the recorder (USEWIRE_SEED=${SEED}${why})`, () => {
  it.each([0, 1])(
    'misses nothing: a life that ends (%i = closed, 1 = killed) is rebuilt byte for byte',
    async (parity) => {
      writeImage(work, new Map());
      const orders = { seed: SEED * 2 + parity, steps: 200, limits: SPOOL_LIMITS };
      const steps = await recordLife(library, 'spool-child.mjs', work, { orders });
      const rebuilt = new Map(disk(steps).now());
      const real = new Map(readImage(work));
      // A memory map, which SQLite makes anew.
      for (const image of [rebuilt, real]) image.delete('store/spool.db-shm');
      expect([...rebuilt.keys()].sort()).toEqual([...real.keys()].sort());
      for (const [path, bytes] of real) expect(isSame(bytes, rebuilt.get(path)!)).toBe(true);
    },
  );
});
