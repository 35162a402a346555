import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fuzzOptions } from '../../scripts/lib/fuzz-options.mjs';
import { fuzz } from './run.ts';
import { bytesTargets, targets } from './targets.ts';

const SEED = 'usewire';
const INPUTS: Record<string, number> = {
  mqtt: 300,
  cbor: 5_000,
  serial: 2_000,
  seal: 1_000,
  config: 300,
  model: 400,
  admin: 400,
};

interface Regression {
  target: string;
  /** What it did before it was mended. */
  what: string;
  text?: string;
  hex?: string;
}
const regressions = JSON.parse(
  readFileSync(new URL('regressions.json', import.meta.url), 'utf8'),
) as Regression[];

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

  it.each(regressions)('$target: no more of this: $what', async ({ target, text, hex }) => {
    const taker = await bytesTargets[target]!();
    try {
      await taker.take(text === undefined ? Buffer.from(hex!, 'hex') : Buffer.from(text, 'latin1'));
    } finally {
      await taker.close();
    }
  });

  it('cbor: reaches every code of a refusal that a decoder has, and acceptance', async () => {
    const { counts } = await fuzz({ name: 'cbor', create: targets.cbor!, seed: SEED, inputs: 5_000 });
    const reached = Object.keys(counts).filter((name) => name.startsWith('check: '));
    const codes = ['malformed', 'notDeterministic', 'schema', 'criticalLabel', 'unknownModel', 'outOfRange'];
    expect(reached).toEqual(expect.arrayContaining(['accepted', ...codes].map((code) => `check: ${code}`)));
  });

  it('are all fuzzed by `npm run fuzz`', () => {
    expect(fuzzOptions([]).targets.toSorted()).toEqual(Object.keys(targets).toSorted());
  });
});
