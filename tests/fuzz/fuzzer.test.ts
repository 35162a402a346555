import { describe, expect, it } from 'vitest';
import { fuzzAll } from '../../scripts/lib/fuzz.mjs';
import type { targets as planted } from './planted.ts';
import { fuzz } from './run.ts';
import { type FuzzTarget, hold } from './target.ts';

describe('the fuzzer', () => {
  const target = (once: FuzzTarget['once']): FuzzTarget => ({
    once,
    counts: () => ({}),
    close: async () => {},
  });

  it('finds an exception, and names the input by its number', async () => {
    let calls = 0;
    const create = () =>
      target(() => {
        calls += 1;
        hold(calls !== 8, 'the eighth is wrong');
      });
    const report = await fuzz({ name: 'x', create, seed: '1', inputs: 20 });
    expect(report.findings).toMatchObject([
      { index: 7, what: expect.stringContaining('the eighth is wrong') },
    ]);
    expect(report.inputs).toBe(20);
  });

  it('makes the same input from the same seed and number, wherever it begins', async () => {
    const inputs = async (from: number, count: number): Promise<string[]> => {
      const made: string[] = [];
      const create = () => target((random) => void made.push(random.bytes(8).toString('hex')));
      await fuzz({ name: 'x', create, seed: '1', from, inputs: count });
      return made;
    };
    const all = await inputs(0, 10);
    expect(new Set(all).size).toBe(10);
    expect(await inputs(7, 3)).toEqual(all.slice(7));
  });

  it('ends after a few findings', async () => {
    const create = () => target(() => hold(false, 'always wrong'));
    const report = await fuzz({ name: 'x', create, seed: '1', inputs: 1000 });
    expect(report.findings).toHaveLength(5);
  });
});

/** Bugs of the kinds that parsers have, each in a small reader of planted.ts, and the words by which it is told. */
const bugs: [name: keyof typeof planted, told: RegExp][] = [
  ['boundary', /RangeError/],
  ['trustsLength', /needed \d+ MB/],
  ['remembersAll', /memory grew by \d+ MB/],
  ['quadratic', /takes \d+ ms, three times/],
  ['standsStill', /hangs for more than 5 s/],
  ['strayPromise', /nobody caught: .*nobody waits for this/],
  ['dies', /the process ended by itself with SIGABRT/],
];

/** What `npm run fuzz` would say of a target of planted.ts, and its exit code. */
async function fuzzPlanted(name: string): Promise<{ code: number; words: string }> {
  const said: string[] = [];
  const run = {
    module: '/tests/fuzz/planted.ts',
    seed: '1',
    seconds: 60,
    from: 0,
    inputs: 4_000,
    hungMs: 5_000,
  };
  const code = await fuzzAll({ ...run, targets: [name] }, (text) => void said.push(text));
  return { code, words: said.join('') };
}

describe('a bug that was planted is found, and told with the command that repeats it:', () => {
  it.each(bugs)('%s', async (name, told) => {
    const { code, words } = await fuzzPlanted(name);
    expect(code).toBe(1);
    expect(words).toMatch(told);
    expect(words).toMatch(
      new RegExp(`repeat: npm run fuzz -- --seed 1 --only ${name} --from \\d+ --inputs 1`),
    );
    expect(words).toMatch(/\nfuzz: 0 passed, 1 failed\n$/);
  });

  it('and nothing is found where there is none', async () => {
    const { code, words } = await fuzzPlanted('right');
    expect(code).toBe(0);
    expect(words).toMatch(/\nfuzz: 1 passed, 0 failed\n$/);
  });
});
