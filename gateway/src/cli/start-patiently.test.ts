import { describe, expect, it } from 'vitest';
import { startPatiently } from './start-patiently.ts';

const sqlite = (errcode: number) => Object.assign(new Error('sqlite says no'), { errcode });
const system = (code: string) => Object.assign(new Error(`${code}: no`), { code, path: '/data' });

/** A start that fails with each of these in turn, and then succeeds. */
function starts(...failures: Error[]) {
  const told: string[] = [];
  const waits: number[] = [];
  const say = (event: string, fields?: Record<string, unknown>) => told.push(`${event}: ${fields?.reason}`);
  const log = { debug: say, info: say, warn: say, error: say };
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const pause = async (ms: number) => void waits.push(ms);
  const start = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return 'ready';
  };
  return { told, waits, end, run: () => startPatiently(start, { log, ended, pause }) };
}

describe('a start on a disk that cannot be written', () => {
  it.each([
    ['a full disk', sqlite(13), /the disk is full/],
    ['an input/output error', sqlite(10), /the disk does not read or write/],
    ['an extended code of it', sqlite(0x130a), /the disk does not read or write/],
    ['a store that may not be written', sqlite(8), /may not be written/],
    ['a full disk under the folder', system('ENOSPC'), /the disk is full/],
    ['a read-only file system', system('EROFS'), /the file system is read-only/],
    ['a quota', system('EDQUOT'), /quota/],
  ])('waits for %s, says so once, and starts when it is over', async (_, failure, words) => {
    const world = starts(failure, failure, failure);
    expect(await world.run()).toBe('ready');
    expect(world.told).toHaveLength(1);
    expect(world.told[0]).toMatch(words);
    expect(world.waits).toEqual([1_000, 2_000, 4_000]);
  });

  it.each([
    ['a bug', new Error('a bug')],
    ['a folder of somebody else', system('EACCES')],
    ['a port that is taken', system('EADDRINUSE')],
    ['a file that cannot be opened', sqlite(14)],
  ])('does not wait for %s', async (_, failure) => {
    await expect(starts(failure).run()).rejects.toBe(failure);
  });

  it('ends when it is asked to', async () => {
    const world = starts(sqlite(13), sqlite(13), sqlite(13));
    world.end();
    expect(await world.run()).toBeNull();
  });
});
