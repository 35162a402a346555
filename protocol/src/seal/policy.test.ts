import { describe, expect, it } from 'vitest';
import { SealLevel, type SealLevelCode, satisfies } from './level.ts';
import { type Link, minimumLevel, type Sensitivity, weakestLink } from './policy.ts';

const sensitivities: Sensitivity[] = ['public', 'ordinary', 'personal', 'special'];
const links: Link[] = ['plain', 'tls', 'mtls', 'loopback'];
const rank = (level: SealLevelCode | 'refuse') => (level === 'refuse' ? 9 : level);

describe('the minimum level', () => {
  it('is the table of the specification', () => {
    const table = sensitivities.map((sensitivity) => links.map((link) => minimumLevel(sensitivity, link)));
    expect(table).toEqual([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [2, 1, 1, 0],
      ['refuse', 2, 2, 0],
    ]);
  });

  it('never falls with more harm or with a weaker link', () => {
    for (const [i, sensitivity] of sensitivities.entries()) {
      for (const [j, link] of links.entries()) {
        const here = rank(minimumLevel(sensitivity, link));
        const worse = sensitivities[i + 1] ?? sensitivity;
        const better = links[j + 1] ?? link;
        expect(rank(minimumLevel(worse, link))).toBeGreaterThanOrEqual(here);
        expect(rank(minimumLevel(sensitivity, better))).toBeLessThanOrEqual(here);
      }
    }
  });

  it('goes by the weakest hop', () => {
    expect(weakestLink(['mtls', 'tls', 'loopback'])).toBe('tls');
    expect(weakestLink(['loopback'])).toBe('loopback');
    expect(weakestLink(['mtls', 'plain'])).toBe('plain');
    expect(() => weakestLink([])).toThrow('without a hop');
  });
});

describe('a level', () => {
  it('that only signs does not stand in for encryption', () => {
    const data = 1;
    const levels = Object.values(SealLevel);
    const passing = (minimum: SealLevelCode, kind: number) =>
      levels.filter((level) => satisfies(level, minimum, kind));
    expect(passing(0, data)).toEqual([0, 1, 2, 3]);
    expect(passing(1, data)).toEqual([1, 2, 3]);
    expect(passing(2, data)).toEqual([2]);
    expect(passing(3, data)).toEqual([3]);
  });

  it('of authenticity is enough for kinds that cannot be encrypted', () => {
    const hello = 0;
    expect(satisfies(SealLevel.mac, SealLevel.encrypted, hello)).toBe(true);
    expect(satisfies(SealLevel.none, SealLevel.encrypted, hello)).toBe(false);
  });
});
