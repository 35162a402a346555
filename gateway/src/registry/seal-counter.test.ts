import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRegistryFile } from './schema.ts';
import { sealCounter } from './seal-counter.ts';
import { sealRows } from './seal-rows.ts';

const BLOCK = 65_536;
const NOW = 1_700_000_000_000;

/** What a disk keeps of the counter; `failsAt`: that write does not come about. */
function diskRows() {
  const disk = { next: 0, writes: 0, failsAt: -1, failsAfter: -1 };
  return {
    disk,
    counter: () => disk.next,
    reserve: (next: number): undefined => {
      disk.writes += 1;
      if (disk.writes === disk.failsAt) throw new Error('the disk is full');
      disk.next = next;
      if (disk.writes === disk.failsAfter) throw new Error('no answer, and yet written');
    },
  };
}

describe('the counter of nonces down', () => {
  it('counts up by one, with one write for a block of numbers, made before the first of them is used', () => {
    const rows = diskRows();
    const next = sealCounter(rows, () => NOW);
    const first = next();
    expect(rows.disk).toMatchObject({ writes: 1, next: Number(first) + BLOCK });
    for (let i = 1; i < BLOCK; i += 1) expect(next()).toBe(first + BigInt(i));
    expect(rows.disk.writes).toBe(1);
    expect(next()).toBe(first + BigInt(BLOCK));
    expect(rows.disk.writes).toBe(2);
  });

  it('gives no number twice over ends at any moment, under any clock', () => {
    const rows = diskRows();
    const clocks = [NOW, NOW + 1, NOW - 86_400_000, NOW + 86_400_000, 0, NOW + 2];
    const used: bigint[] = [];
    clocks.forEach((nowMs, life) => {
      const next = sealCounter(rows, () => nowMs);
      for (let i = 0; i <= life * 30_000; i += 1) used.push(next());
    });
    expect(new Set(used).size).toBe(used.length);
    expect(used.every((each, i) => i === 0 || each > used[i - 1]!)).toBe(true);
  });

  it.each([
    ['was not written', 'failsAt'],
    ['was written without an answer', 'failsAfter'],
  ] as const)('gives no number of a block that %s, and goes on above it', (_what, fault) => {
    const rows = diskRows();
    rows.disk[fault] = 1;
    const next = sealCounter(rows, () => NOW);
    expect(() => next()).toThrow();
    const kept = rows.disk.next;
    const first = next();
    expect(first >= BigInt(kept)).toBe(true);
    expect(rows.disk.next).toBe(Number(first) + BLOCK);
  });

  it('starts above what was used since a backup was made, by the clock', () => {
    const rows = diskRows();
    const before = sealCounter(rows, () => NOW);
    let last = before();
    for (let i = 0; i < 3 * BLOCK; i += 1) last = before();
    // The registry of last year is brought back a second later.
    const restored = { counter: () => 5, reserve: rows.reserve };
    expect(sealCounter(restored, () => NOW + 1_000)() > last).toBe(true);
  });

  describe('in a registry', () => {
    let directory = '';
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'usewire-seal-counter-'));
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it('two gateways that have it open at once share no number', () => {
      const files = [openRegistryFile(directory, 100), openRegistryFile(directory, 100)];
      const counters = files.map((db) => sealCounter(sealRows(db), () => NOW));
      const used = Array.from({ length: 3 * BLOCK }, (_, i) => counters[i % 2]!());
      expect(new Set(used).size).toBe(used.length);
      for (const db of files) db.close();
    });
  });
});
