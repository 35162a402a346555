import { describe, expect, it } from 'vitest';
import { summary } from '../../verdict/report.ts';
import { simulate, type World } from '../../world/simulate.ts';
import type { FaultKind } from '../plan.ts';
import { deviceFaults } from './index.ts';

/** From here four hours hold an evening and the first hours of a night in bed. */
const EVENING_MS = Date.UTC(2026, 2, 2, 19, 30);
const HOURS = 4;
const each = { seed: 9, devices: 2, products: ['bed', 'wearable'], days: 1, startMs: EVENING_MS };

/** A few hours with one fault, often; then the devices hand over what they have. */
async function lived(kind: FaultKind) {
  const { rate } = deviceFaults.find((one) => one.kind === kind)!;
  await using world = simulate({ ...each, faults: { [kind]: rate === 'times a day' ? 60 : 1 } });
  await world.advance(`${HOURS}h`);
  await world.drain();
  return { world, verdict: world.verdict(), log: world.log() };
}

const boots = (world: World): string[] => world.log().flatMap((line) => / boot (\w+)$/.exec(line)?.[1] ?? []);

/** What else is to be seen of a fault in the log or in what arrived. */
const also: { [kind in FaultKind]?: (life: Awaited<ReturnType<typeof lived>>) => void } = {
  rebootLoop: ({ world }) => expect(boots(world).length).toBeGreaterThan(20),
  counterWrap({ world }) {
    expect(boots(world)).toContain('4294967295');
    expect(boots(world).filter((boot) => /^[0-9a-f]{16}$/.test(boot)).length).toBeGreaterThan(1);
    expect(new Set(boots(world)).size).toBeGreaterThan(4);
  },
  clockOff: ({ verdict }) => expect(verdict.unpromisedTimes).toBeGreaterThan(0),
  noClock: ({ verdict }) => expect(verdict.unpromisedTimes).toBeGreaterThan(0),
};

describe('each fault of a device', { timeout: 60_000 }, () => {
  it.each(deviceFaults)('$kind: $about; nothing is lost untold and nothing doubled', async ({ kind }) => {
    const life = await lived(kind);
    expect(summary(life.verdict)).toMatch(/^PASSED/);
    expect(life.verdict.accepted).toBeGreaterThan(1_000);
    expect(life.log.filter((line) => line.includes(`fault {"kind":"${kind}"`)).length).toBeGreaterThan(1);
    also[kind]?.(life);
  });

  it('days offline end in a flood that arrives whole, with its true times', async () => {
    const faults = { daysOffline: 1 };
    await using world = simulate({ ...each, devices: 1, products: ['wristband'], faults });
    await world.advance('12d');
    await world.drain();
    expect(summary(world.verdict())).toMatch(/^PASSED/);
    expect(world.verdict().stored).toBe(world.verdict().accepted);
  });
});
