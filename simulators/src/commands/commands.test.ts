import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { StuckError } from '../device/link.ts';
import type { DeviceSpec } from '../device/spec.ts';
import { InputError, readArrived, readTruth } from '../verdict/read.ts';
import type { Arrived, Truth } from '../verdict/truth.ts';
import { UsageError } from '../world/fleet.ts';
import { CouldNotRun, exitCodeOf, TimedOut } from './exit.ts';
import { faultRates, midnightOf, mode, positive, repeatCommand, tokens } from './fleet-options.ts';
import { namedRates } from './named-rates.ts';
import { truthFile } from './truth-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'usewire-sim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bed = { tenant: 'home', name: 'bed-0001' } as DeviceSpec;
const account: Truth = {
  kind: 'account',
  tenant: 'home',
  device: 'bed-0001',
  boot: '1',
  accepted: 3,
  atRisk: 0,
};

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of source) list.push(one);
  return list;
}

describe('options of fleet', () => {
  it('reads faults as KIND=TIMES, and says how to write them', () => {
    expect(faultRates('lostAck=2,reboot=0.5,offline')).toEqual({ lostAck: 2, reboot: 0.5, offline: 1 });
    expect(() => faultRates('flood=2')).toThrow(
      'write it as NAME=NUMBER with NAME one of lostAck, disconnect',
    );
  });

  it('refuses a share of more than everything', () => {
    expect(namedRates(['drop', 'drip'], 1)('drop=0.5,drip')).toEqual(
      new Map([
        ['drop', 0.5],
        ['drip', 1],
      ]),
    );
    expect(() => namedRates(['drop'], 1)('drop=2')).toThrow("--faults has 'drop=2'");
  });

  it('refuses what is no count and no mode', () => {
    expect(() => positive('--devices')('1.5')).toThrow(
      "--devices is '1.5'; it must be a whole number from 1",
    );
    expect(() => mode('night')).toThrow("--mode is 'night'; it must be 'live' or 'day'");
  });

  it('writes the command that repeats a run, with its date', () => {
    const until = midnightOf('2026-03-02');
    const faults = { lostAck: 2 };
    const flags = {
      gateway: 'mqtt://h:1',
      devices: 2,
      products: ['bed', 'car'],
      seed: 'x',
      days: 3,
      tenant: 't',
      faults,
    };
    const command = repeatCommand({ ...flags, mode: 'day', json: false, truth: 'f' }, until);
    expect(command).toBe(
      'usewire-sim fleet --mode day --gateway mqtt://h:1 --devices 2 --products bed,car --seed x --days 3 --until 2026-03-02 --tenant t --faults lostAck=2 --truth f',
    );
    expect(() => midnightOf('tomorrow')).toThrow(
      "--until is 'tomorrow'; it must be a date such as 2026-03-02",
    );
  });

  it('finds a token for each device in a file, and names the device that has none', () => {
    const tokenFile = join(folder, 'tokens');
    writeFileSync(tokenFile, 'home.bed-0001 secret\n');
    expect(tokens({ tokenFile })(bed)).toBe('secret');
    expect(tokens({ token: 'all' })(bed)).toBe('all');
    expect(() => tokens({ tokenFile })({ ...bed, name: 'bed-0002' })).toThrow(
      'has no token for home.bed-0002',
    );
    expect(() => tokens({ tokenFile: join(folder, 'none') })).toThrow('cannot be read');
  });
});

describe('exit codes', () => {
  it('tell wrong usage, could not run and timed out apart; a bug has none', () => {
    expect(exitCodeOf(new UsageError('x'))).toBe(2);
    expect(exitCodeOf(new InputError('x'))).toBe(2);
    expect(exitCodeOf(new CouldNotRun('x'))).toBe(3);
    expect(exitCodeOf(Object.assign(new Error('x'), { code: 'DEV_DATA_DIR' }))).toBe(3);
    expect(exitCodeOf(Object.assign(new Error('x'), { code: 'ENOTDIR' }))).toBe(3);
    expect(exitCodeOf(new TimedOut('x'))).toBe(4);
    expect(exitCodeOf(new StuckError('x'))).toBe(4);
    expect(exitCodeOf(new TypeError('x'))).toBeUndefined();
  });
});

describe('files of a verdict', () => {
  it('come back as they were written', async () => {
    const path = join(folder, 'deep', 'truth.ndjson');
    const file = truthFile(path);
    file.write(account);
    file.write(account);
    file.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    expect(await all(readTruth(path))).toEqual([account, account]);
  });

  it('are read from a folder in order of their names, and a wrong line is named', async () => {
    const never = new AbortController().signal;
    writeFileSync(join(folder, 'b.jsonl'), '{"seq":2}\n');
    writeFileSync(join(folder, 'a.jsonl'), '{"seq":1}\n\n');
    const arrived: Arrived[] = await all(readArrived(folder, never));
    expect(arrived.map((one) => one.seq)).toEqual([1, 2]);
    writeFileSync(join(folder, 'c.jsonl'), '{"seq":3}\n{"se');
    await expect(all(readArrived(folder, never))).rejects.toThrow(/c\.jsonl:2: not a line of JSON/);
    await expect(all(readArrived(join(folder, 'none'), never))).rejects.toThrow(InputError);
  });
});
