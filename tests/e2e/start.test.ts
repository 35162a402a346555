import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'start.mjs');

interface Run {
  child: ChildProcess;
  stdout(): string;
  /** Without the notices of a first build. */
  stderr(): string;
  /** Records stored, as each line of the live view says. */
  counts(): number[];
  ended: Promise<number | null>;
}

const folders: string[] = [];
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGTERM');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-start-'));
  folders.push(folder);
  return folder;
}

/** What `npm start -- ARGS` runs, without a terminal. */
function start(...args: string[]): Run {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr.replace(/^(Installing|Building|Done in|Progress:) .*\n/gm, ''),
    counts: () => [...stdout.matchAll(/ (\d+) records stored/g)].map((match) => Number(match[1])),
    ended,
  };
}

const anyPort = ['--port', '0', '--http-port', '0'];

it('fills from the first start on, ends at a signal, and goes on with its store at the next start', async () => {
  const dataDir = freshFolder();
  let stored = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const run = start('--devices', '2', '--data-dir', dataDir, ...anyPort);
    const grows = (): boolean => (run.counts().at(-1) ?? 0) > Math.max(stored, run.counts()[0] ?? 0);
    await eventually(grows, `records before ${signal}`, 60_000);
    run.child.kill(signal);
    expect(await run.ended, run.stderr()).toBe(0);
    expect(run.stderr()).toMatch(/^Gateway ready: .*\nStopping: .*\nDone\. .*\n$/);
    const counts = run.counts();
    // What is there from the start before is counted on.
    expect([stored, ...counts]).toEqual([stored, ...counts].sort((a, b) => a - b));
    stored = counts.at(-1)!;
  }
  const boots = readFileSync(join(dataDir, 'fleet.log'), 'utf8').match(/^bed-0001 boot /gm);
  expect(boots).toHaveLength(3);
});

it('checks a day from end to end, and ends with one line of JSON', async () => {
  const run = start('--once', '--json', '--devices', '4', '--seed', '3', '--data-dir', freshFolder());
  expect(await run.ended, run.stderr()).toBe(0);
  const report = JSON.parse(run.stdout().trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
  expect(report).toEqual({
    devices: 4,
    recordsAccepted: expect.any(Number),
    recordsStored: report.recordsAccepted,
    duplicates: 0,
    gaps: 0,
    rejected: 0,
    bytesOnWire: expect.any(Number),
    bytesPerRecord: expect.any(Number),
    seconds: expect.any(Number),
    messages: expect.any(Number),
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    verdict: 'pass',
  });
  expect(report.recordsAccepted).toBeGreaterThan(10_000);
});

it('says in one sentence that a port is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  for (const option of ['--port', '--http-port']) {
    const free = option === '--port' ? '--http-port' : '--port';
    const run = start('--data-dir', freshFolder(), option, String(port), free, '0');
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toMatch(new RegExp(`^[^\\n]*${port}[^\\n]*\\n$`));
    expect(run.stdout()).toBe('');
  }
  other.close();
});

it('says in one sentence that a folder cannot be written', async () => {
  const file = join(freshFolder(), 'file');
  writeFileSync(file, '');
  const run = start('--data-dir', join(file, 'data'), ...anyPort);
  expect(await run.ended).toBe(1);
  expect(run.stderr()).toMatch(/^The data folder [^\n]*file\/data cannot be written \(ENOTDIR\): [^\n]*\n$/);
  expect(run.stdout()).toBe('');
});
