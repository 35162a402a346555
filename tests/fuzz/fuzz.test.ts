import { describe, expect, it } from 'vitest';
import { fuzz } from './run.ts';
import { type FuzzTarget, hold } from './target.ts';
import { missing, targets } from './targets.ts';

const SEED = 'usewire';
const INPUTS: Record<string, number> = { mqtt: 300, cbor: 5_000, config: 300 };

describe('bytes from outside', () => {
  it.each(Object.entries(targets))(
    `%s: no input of seed '${SEED}' breaks a property`,
    async (name, create) => {
      const report = await fuzz({ name, create, seed: SEED, inputs: INPUTS[name]! });
      const broken = report.findings.filter(({ what }) => !what.startsWith('takes '));
      expect(broken).toEqual([]);
      expect(report.inputs).toBe(INPUTS[name]);
      expect(Object.keys(report.counts).length).toBeGreaterThan(1);
    },
  );

  it('cbor: reaches every code of a refusal that a decoder has, and acceptance', async () => {
    const { counts } = await fuzz({ name: 'cbor', create: targets.cbor!, seed: SEED, inputs: 5_000 });
    const reached = Object.keys(counts).filter((name) => name.startsWith('check: '));
    const codes = ['malformed', 'notDeterministic', 'schema', 'criticalLabel', 'unknownModel', 'outOfRange'];
    expect(reached).toEqual(expect.arrayContaining(['accepted', ...codes].map((code) => `check: ${code}`)));
  });

  it('serial frames are named as missing', () => {
    expect(Object.keys(missing)).toEqual(['frames']);
  });
});

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
