import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../people/calendar.ts';
import { fileLives, LONGEST_LIFE_MS, resume } from './lives.ts';

const nowMs = Date.UTC(2026, 2, 2, 12);
const at = { seed: '1', nowMs, catchUpMs: DAY };

describe('resume', () => {
  it('gives a new device its last day', () => {
    expect(resume(undefined, at)).toEqual({ bornMs: nowMs - DAY, startMs: nowMs - DAY });
    expect(resume(undefined, { ...at, catchUpMs: 0 })).toEqual({ bornMs: nowMs, startMs: nowMs });
  });

  it('goes on where the last life ended, as the same life', () => {
    const life = { seed: '1', bornMs: nowMs - 5 * DAY, untilMs: nowMs - 7 * MINUTE };
    expect(resume(life, at)).toEqual({ bornMs: life.bornMs, startMs: life.untilMs });
  });

  it('leaves out what lies longer ago than it may catch up', () => {
    const life = { seed: '1', bornMs: nowMs - 9 * DAY, untilMs: nowMs - 4 * DAY };
    expect(resume(life, at)).toEqual({ bornMs: life.bornMs, startMs: nowMs - DAY });
    expect(resume(life, { ...at, catchUpMs: HOUR }).startMs).toBe(nowMs - HOUR);
  });

  it('begins another life with another seed, after 30 days, and where the clock was set back', () => {
    const life = { seed: '1', bornMs: nowMs - DAY, untilMs: nowMs - HOUR };
    expect(resume(life, { ...at, seed: '2' }).bornMs).toBe(life.untilMs);
    expect(resume({ ...life, bornMs: nowMs - LONGEST_LIFE_MS - DAY }, at).bornMs).toBe(life.untilMs);
    expect(resume({ seed: '1', bornMs: nowMs + HOUR, untilMs: nowMs + DAY }, at)).toEqual({
      bornMs: nowMs,
      startMs: nowMs,
    });
  });
});

describe('lives in a file', () => {
  it('are there at the next start, those of devices that were left out too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usewire-lives-'));
    const life = { seed: '1', bornMs: 1, untilMs: 2 };
    fileLives(folder).keep(new Map([['home.a', life]]));
    fileLives(folder).keep(new Map([['home.b', { ...life, untilMs: 3 }]]));
    expect(fileLives(folder).of('home.a')).toEqual(life);
    expect(fileLives(folder).of('home.b')?.untilMs).toBe(3);
    rmSync(folder, { recursive: true });
  });

  it('that cannot be read count as none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usewire-lives-'));
    for (const text of ['{"home.a":', '[]', 'null', '{"home.a":{"seed":1}}', '{"home.a":null}']) {
      writeFileSync(join(folder, 'lives.json'), text);
      expect(fileLives(folder).of('home.a'), text).toBeUndefined();
    }
    fileLives(folder).keep(new Map([['home.a', { seed: 'x', bornMs: 1, untilMs: 2 }]]));
    expect(readFileSync(join(folder, 'lives.json'), 'utf8')).toContain('home.a');
    rmSync(folder, { recursive: true });
  });
});
