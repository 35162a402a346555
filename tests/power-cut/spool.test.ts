import { beforeAll, describe, expect, it } from 'vitest';
import { type Cutting, cutLife, type Life } from './cut-life.ts';
import { recordLife, writeImage } from './record-life.ts';
import type { DiskImage } from './recorded-disk.ts';
import { answered, note, type SpoolHistory, spoolHistory } from './spool-history.ts';
import { judgeSpool, SPOOL_LIMITS } from './spool-verdict.ts';
import { SEED, workshop } from './workshop.ts';

const CUTS = Number(process.env.USEWIRE_POWER_CUTS ?? 1_000);
/** Each begins with an empty disk. */
const CHAINS = 5;
/** A life begins on the disk that the last cut of the one before has left: recovery is cut, too. */
const LIVES = 2;
const STEPS = 300;

const { root, work, library, cannot, why } = workshop();

async function recordSpool(number: number, before: DiskImage): Promise<Life> {
  writeImage(work, before);
  const orders = { seed: SEED + number, steps: STEPS, limits: SPOOL_LIMITS };
  return { number, before, steps: await recordLife(library, 'spool-child.mjs', work, { orders }) };
}

const kindsOf = (faults: readonly string[]) => [...new Set(faults.map((fault) => fault.split(' ')[1]!))];

describe.skipIf(cannot)(`the spool, whose power is cut (USEWIRE_SEED=${SEED}${why})`, () => {
  let first: Life;
  beforeAll(async () => {
    first = await recordSpool(1, new Map());
  });

  function cutting(history: SpoolHistory, changes: Partial<Cutting> = {}): Cutting {
    const judge = async (folder: string) => (await judgeSpool(folder, history)).faults;
    return { seed: SEED, cuts: 60, root, onMark: (text) => note(history, text), judge, ...changes };
  }

  const seen = { rows: 0, pruned: 0, interrupted: 0, storedUnanswered: 0 };

  async function cutChain(chain: number): Promise<string[]> {
    const history = spoolHistory();
    const faults: string[] = [];
    let before: DiskImage = new Map();
    for (let number = chain * LIVES + 1; number <= (chain + 1) * LIVES; number += 1) {
      let isPendingStored = false;
      const judge = async (folder: string) => {
        const verdict = await judgeSpool(folder, history);
        isPendingStored = verdict.isPendingStored;
        seen.interrupted += history.pending === null ? 0 : 1;
        seen.storedUnanswered += isPendingStored ? 1 : 0;
        return verdict.faults;
      };
      const life = number === 1 ? first : await recordSpool(number, before);
      const report = await cutLife(life, cutting(history, { cuts: Math.ceil(CUTS / CHAINS / LIVES), judge }));
      faults.push(...report.faults);
      before = report.last;
      if (isPendingStored) answered(history);
      history.pending = null;
    }
    seen.rows += history.messages.size;
    seen.pruned += history.prunable;
    return faults;
  }

  it(`loses nothing that was answered and stores nothing twice in ${CUTS} cuts (D1)`, async () => {
    const faults: string[] = [];
    for (let chain = 0; chain < CHAINS; chain += 1) faults.push(...(await cutChain(chain)));
    process.stdout.write(
      `power cuts on the spool: USEWIRE_SEED=${SEED}, ${CUTS} cuts, ${JSON.stringify(seen)}\n`,
    );
    expect(faults).toEqual([]);
    // Else the cuts were where nothing happens.
    expect(seen.interrupted).toBeGreaterThan(CUTS / 4);
    expect(seen.storedUnanswered).toBeGreaterThan(CUTS / 100);
    expect(seen.pruned).toBeGreaterThan(100);
  });

  it('is seen at work: commits, syncs, and the log carried over into the database', () => {
    const paths = new Map<number, string>();
    const writes = new Map<string, number>();
    for (const step of first.steps) {
      if (step.do === 'create' || step.do === 'open') paths.set(step.inode, step.path);
      if (step.do !== 'write') continue;
      const path = paths.get(step.inode)!;
      writes.set(path, (writes.get(path) ?? 0) + 1);
    }
    expect(writes.get('store/spool.db-wal')).toBeGreaterThan(1_000);
    expect(writes.get('store/spool.db')).toBeGreaterThan(100);
    expect(first.steps.filter((step) => step.do === 'sync').length).toBeGreaterThan(STEPS / 2);
  });

  // What the test is worth: each of these is a store that breaks its promise, and it has to be caught.
  it('would be caught if it did not sync at all', async () => {
    const { faults } = await cutLife(first, cutting(spoolHistory(), { disk: { ignoresSyncOf: () => true } }));
    expect(kindsOf(faults)).toEqual(expect.arrayContaining(['lost:', 'corrupt:']));
  });

  it('would be caught if it did not sync its commits (synchronous=NORMAL)', async () => {
    const disk = { ignoresSyncOf: (path: string) => path.endsWith('-wal') };
    const { faults } = await cutLife(first, cutting(spoolHistory(), { disk }));
    expect(kindsOf(faults)).toContain('lost:');
  });

  it('would be caught if it answered before it commits', async () => {
    const history = spoolHistory();
    const { faults } = await cutLife(
      first,
      cutting(history, { onMark: (text) => note(history, text, true) }),
    );
    expect(kindsOf(faults)).toEqual(['lost:']);
  });
});
