import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arrived, networkFaults, sinkFaults, type Truth } from '@usewire/simulators';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt } from '../support/usewire-cli.ts';

const scripts = new URL('../../scripts/', import.meta.url);

interface Step {
  n: number;
  kind: string;
  fault?: string;
  when?: string;
  byMs?: number;
  forMs?: number;
  gapMs: number;
}
interface PlanModule {
  planRun(options: { seed: number; minutes: number; kills?: number; terms?: number }): Step[];
}
interface SinkVerdict {
  passed: boolean;
  ackedLost: number;
  ackedExtra: number;
  duplicates: number;
  outOfOrder: number;
  missing: number;
  findings: { check: string }[];
}
type Acked = Map<string, { records: number; gaps: number }>;
interface OracleModule {
  verdictOf(
    sink: { name: string; ordered: boolean; read(): AsyncIterable<Positioned> },
    truth: Truth[],
    ledger: unknown,
    misled?: Set<string>,
  ): Promise<SinkVerdict>;
  misledBoots(truth: Truth[], spans: { fromMs: number; toMs: number }[]): Set<string>;
}
interface LedgerModule {
  auditOf(acked: Acked): unknown;
}
type Positioned = Arrived & { position: number };

const load = async <T>(file: string): Promise<T> =>
  (await import(new URL(`lib/chaos/${file}`, scripts).href)) as T;

describe.skipIf(!isBuilt)('the plan of a chaos run', () => {
  let plan: PlanModule;
  beforeAll(async () => {
    plan = await load('plan.mjs');
  });
  const count = (steps: Step[], kind: string): number => steps.filter((step) => step.kind === kind).length;

  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => plan.planRun({ seed, minutes: 4 });
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
  });

  it('D1: has at least 25 kill -9 and 5 SIGTERM in 4 minutes', () => {
    const steps = plan.planRun({ seed: 1, minutes: 4 });
    expect(count(steps, 'kill')).toBeGreaterThanOrEqual(25);
    expect(count(steps, 'term')).toBeGreaterThanOrEqual(5);
  });

  it('has every fault in 4 minutes, and clocks that jump a day either way', () => {
    const steps = plan.planRun({ seed: 1, minutes: 4 });
    for (const kind of ['stop', 'fleetKill', 'rebootLoop', 'daysOffline'])
      expect(count(steps, kind), kind).toBeGreaterThan(0);
    const names = (kind: string) => new Set(steps.filter((one) => one.kind === kind).map((one) => one.fault));
    expect(names('network')).toEqual(new Set(networkFaults.map((one) => one.name)));
    expect(names('sink')).toEqual(new Set(sinkFaults.map((one) => one.name)));
    for (const kind of ['clock', 'deviceClock']) {
      const jumps = steps.filter((one) => one.kind === kind).map((one) => one.byMs);
      expect(new Set(jumps), kind).toEqual(new Set([86_400_000, -86_400_000]));
    }
  });

  it.each([4, 20])('stops the gateway once for exactly 30 s in %i minutes', (minutes) => {
    const stops = plan.planRun({ seed: 2, minutes }).filter((step) => step.kind === 'stop');
    expect(stops.filter((step) => step.forMs === 30_000)).toHaveLength(1);
  });

  it('D1: has exactly as many kills and SIGTERM as are asked for', () => {
    const steps = plan.planRun({ seed: 1, minutes: 15, kills: 200, terms: 50 });
    expect([count(steps, 'kill'), count(steps, 'term')]).toEqual([200, 50]);
  });

  it('stops the gateway for 1 s to 30 s, for a fifth of the time at most', () => {
    const stops = plan.planRun({ seed: 3, minutes: 20 }).filter((step) => step.kind === 'stop');
    const times = stops.map((step) => step.forMs!);
    expect(Math.max(...times)).toBeLessThanOrEqual(30_000);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000);
    expect(times.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(
      20 * 60_000 * 0.2 + 1_000 * times.length,
    );
  });
});

describe.skipIf(!isBuilt)('the oracle of a chaos run', () => {
  const place = { tenant: 'chaos', product: 'chaos.probe', point: 'step', subject: null };
  const recorded = (device: string, n: number): Truth => ({
    ...{
      kind: 'record',
      ...place,
      device,
      boot: `boot of ${device}`,
      uptimeMs: n * 100,
      atMs: 1e12 + n * 100,
    },
    ...{ value: null, attributes: { n } },
  });
  const arrived = (device: string, n: number): Positioned => ({
    ...{
      ...place,
      device,
      boot: `boot of ${device}`,
      pointId: 1,
      kind: 'event',
      value: null,
      attributes: { n },
    },
    ...{ seq: Math.floor(n / 2), index: n % 2, position: n + 1, uptimeMs: n * 100, atMs: 1e12 + n * 100 },
    ...{ timeQuality: 3, timeBoundMs: 100 },
  });
  const account = (device: string, accepted: number, atRisk: number): Truth => ({
    ...{ kind: 'account', tenant: 'chaos', device, boot: `boot of ${device}`, accepted, atRisk },
  });
  const numbers = [0, 1, 2, 3];
  const truth = [
    ...['a', 'b'].flatMap((device) => numbers.map((n) => recorded(device, n + (device === 'b' ? 10 : 0)))),
    ...['a', 'b'].map((device) => account(device, 4, 2)),
  ];
  const all = (): Positioned[] => [
    ...numbers.map((n) => arrived('a', n)),
    ...numbers.map((n) => arrived('b', n + 10)),
  ];
  /** The gateway acknowledged everything: two records a message. */
  const acked: Acked = new Map();
  for (const key of ['a 0', 'a 1', 'b 5', 'b 6']) {
    const [device, seq] = key.split(' ');
    acked.set(`${device} boot of ${device} ${seq}`, { records: 2, gaps: 0 });
  }

  const verdict = async (records: Positioned[], misled?: Set<string>): Promise<SinkVerdict> => {
    const { verdictOf } = await load<OracleModule>('oracle.mjs');
    const { auditOf } = await load<LedgerModule>('ledger.mjs');
    async function* read() {
      yield* records;
    }
    return verdictOf({ name: 'test', ordered: true, read }, truth, { audit: () => auditOf(acked) }, misled);
  };

  it('D1, D4: passes what is there exactly once, in order', async () => {
    expect(await verdict(all())).toMatchObject({ passed: true, missing: 0, findings: [] });
  });

  it('D1: finds a lost record that was acknowledged, also where the device may lose as many unacknowledged ones', async () => {
    const found = await verdict(all().filter((one) => one.attributes.n !== 2));
    expect(found).toMatchObject({ passed: false, ackedLost: 1, findings: [] });
  });

  it('D4: finds a record that is there twice', async () => {
    const found = await verdict([...all(), { ...arrived('b', 13), position: 20 }]);
    expect(found).toMatchObject({ passed: false, duplicates: 1, ackedExtra: 1 });
  });

  it('finds a record of one device under another', async () => {
    const found = await verdict(all().map((one) => (one.attributes.n === 3 ? { ...one, device: 'b' } : one)));
    expect(found).toMatchObject({ passed: false, ackedLost: 1 });
    expect(found.findings.map((one) => one.check)).toContain('foreign');
  });

  it('holds estimated times to their bound, but not of a boot that was heard while the gateway had a wrong clock', async () => {
    const { misledBoots } = await load<OracleModule>('oracle.mjs');
    const aDayOff = all().map((one) => ({ ...one, timeQuality: 1, atMs: one.atMs + 86_400_000 }));
    expect((await verdict(aDayOff)).findings.map((one) => one.check)).toContain('time');
    const jump = { fromMs: 1e12 + 200, toMs: 1e12 + 900 };
    const misled = misledBoots(truth, [jump]);
    expect(misled).toEqual(new Set(['a boot of a']));
    const found = await verdict(aDayOff, misled);
    expect(found.findings.map((one) => one.check)).toEqual(['time']);
    expect(await verdict(aDayOff, new Set(['a boot of a', 'b boot of b']))).toMatchObject({ passed: true });
  });

  it('finds records that changed their places', async () => {
    const [first, second, ...rest] = all();
    expect(await verdict([second, first, ...rest])).toMatchObject({ passed: false, outOfOrder: 1 });
  });
});

describe.skipIf(!isBuilt)('npm run chaos', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-chaos-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const chaos = (...args: string[]) =>
    spawnSync(process.execPath, [new URL('chaos.mjs', scripts).pathname, ...args], { encoding: 'utf8' });

  it('answers a wrong option with what is right, and code 2', () => {
    const { status, stderr } = chaos('--minutes', 'two');
    expect(status).toBe(2);
    expect(stderr).toContain("--minutes takes a number from 0.1 to 1440; 'two' is not one.");
  });

  it('D1, D4: loses nothing and doubles nothing in a few lives of the gateway, and tells how to repeat it', () => {
    const args = ['--minutes', '0.2', '--seed', '5', '--devices', '8', '--kills', '3', '--terms', '1'];
    const { status, stdout, stderr } = chaos(...args, '--data-dir', folder, '--json');
    expect(stderr).toContain('npm run chaos -- --minutes 0.2 --seed 5 --devices 8 --kills 3 --terms 1');
    expect(stderr).toMatch(/^chaos: 18 passed, 0 failed/m);
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as { faults: Record<string, number>; sinks: SinkVerdict[] };
    expect(result.faults).toMatchObject({ kill: 3, term: 1 });
    expect(result.sinks).toHaveLength(3);
    for (const sink of result.sinks)
      expect(sink).toMatchObject({ passed: true, ackedLost: 0, duplicates: 0 });
    const log = readFileSync(join(folder, 'chaos.ndjson'), 'utf8').trim().split('\n');
    const events = log.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events.filter((event) => event === 'fault').length).toBeGreaterThanOrEqual(6);
  });
});

describe('the clock of a gateway in a chaos run', () => {
  it('jumps while it runs, and the monotonic clock does not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usewire-clock-'));
    const file = join(folder, 'gateway-clock');
    writeFileSync(file, '0');
    const program = `
      const { writeFileSync } = require('node:fs');
      const [wall, monotonic] = [Date.now(), performance.now()];
      writeFileSync(process.env.USEWIRE_CHAOS_CLOCK, '-86400000');
      const look = setInterval(() => {
        if (Date.now() > wall) return;
        clearInterval(look);
        const off = (new Date().getTime() - wall) - (performance.now() - monotonic);
        console.log(Math.round(off / 3600000), new Date(5).getTime());
      }, 5);`;
    const preload = new URL('lib/chaos/shifted-clock.mjs', scripts).href;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', preload, '-e', program], {
      env: { ...process.env, USEWIRE_CHAOS_CLOCK: file },
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true, force: true });
    expect([stdout.trim(), stderr]).toEqual(['-24 5', '']);
  });
});
