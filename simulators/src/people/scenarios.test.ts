import { describe, expect, it } from 'vitest';
import { liveScenario } from './live-scenario.ts';
import { createOracle } from './oracle.ts';
import { scenarios } from './scenarios/index.ts';

const seed = Number(process.env['USEWIRE_SEED'] ?? Math.floor(Math.random() * 2 ** 24));
const lives = 10;

describe(`people (seed ${seed})`, () => {
  it.each(scenarios)('$name: $title', (scenario) => {
    const verdict = liveScenario(scenario, { seed, hasFaults: false });
    expect(verdict.findings).toEqual([]);
    expect(verdict.missing).toBe(0);
    expect(verdict.arrived).toBeGreaterThan(10);
  });

  it.each(scenarios)(
    '$name, killed and cut off the power between the deeds: nothing is where it may not be',
    (scenario) => {
      let restarts = 0;
      for (let i = 0; i < lives; i += 1) {
        const verdict = liveScenario(scenario, { seed: seed + i, hasFaults: true });
        expect(verdict.findings, `USEWIRE_SEED=${seed + i}`).toEqual([]);
        restarts += verdict.restarts;
      }
      expect(restarts).toBeGreaterThan(lives);
    },
  );
});

describe('the oracle', () => {
  it('knows what may be where', () => {
    const oracle = createOracle();
    oracle.said('waits', 'ann', 'health');
    oracle.said('needs no grant', 'ann', 'service');
    expect([oracle.texts('memory'), oracle.texts('anywhere')]).toEqual([['waits'], ['needs no grant']]);
    oracle.decided('ann', 'health', true);
    expect(oracle.texts('anywhere')).toEqual(['waits', 'needs no grant']);
    oracle.decided('ann', 'health', false);
    oracle.said('refused', 'ann', 'health');
    expect(oracle.texts('nowhere')).toEqual(['waits', 'refused']);
    oracle.said('waits too', 'ben', 'health');
    oracle.restarted();
    oracle.forgotten('ann');
    expect(oracle.texts('nowhere')).toEqual(['waits', 'needs no grant', 'refused', 'waits too']);
  });
});
