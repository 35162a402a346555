import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '@usewire/device-sdk';
import { type Seals, sealed } from '@usewire/device-sdk/seal';
import { type Issued, openSqliteSpool, type StoredMessage } from '@usewire/gateway';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, lamp, lampBytes } from '../support/gateway-kit.ts';
import { withSeals } from '../support/seal-kit.ts';

const id = { tenant: 't', device: 'lamp' };
const MESSAGES = 3_000;
const HOUR = 3_600_000;

let directory = '';
let port = 0;
let child: ChildProcess | undefined;
let key = '';
let seals: Seals;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });
}

async function startGateway(): Promise<void> {
  child = fork(fileURLToPath(new URL('../support/gateway-child.mjs', import.meta.url)), { execArgv: [] });
  const started = new Promise((resolve, reject) => {
    child!.once('message', resolve);
    child!.once('exit', (code) => reject(new Error(`the gateway ended with code ${code}`)));
  });
  child.send({ directory, port, models: [Buffer.from(lampBytes).toString('hex')] });
  await started;
}

async function killGateway(): Promise<void> {
  const ended = new Promise((resolve) => child!.once('exit', resolve));
  child!.kill('SIGKILL');
  await ended;
}

function text(issued: Issued): string {
  if (!issued.ok) throw new Error(issued.problem);
  return issued.token;
}

/** What the operator does; the device gets the new key when the maker brings it. */
const rotate = (graceMs: number) => withSeals(directory, (desk) => text(desk.rotate(id, graceMs)));

/** A device whose messages are all made before there is a gateway: one record each. */
function deviceWithBacklog() {
  seals = sealed({ key: () => key });
  const pou = start(lamp, {
    ...id,
    gateway: `mqtt://127.0.0.1:${port}`,
    dataDir: join(directory, 'device'),
    wrapTransport: seals.wrap,
    maxInFlight: 8,
    minRetryMs: 5,
    maxRetryMs: 50,
  });
  for (let i = 0; i < MESSAGES; i += 1) {
    pou.points.switched({ brightness: i % 101 });
    pou.flush();
  }
  return pou;
}

function stored(): StoredMessage[] {
  const limits = { maxBytes: 2 ** 40, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };
  const spool = openSqliteSpool({ directory, ...limits });
  const rows = spool.readAfter(0, { messages: 1e9, bytes: 1e12 });
  expect(spool.quarantine({})).toEqual([]);
  void spool.close();
  return rows;
}

function expectWhole(generations: number[]): void {
  const rows = stored();
  expect(new Set(rows.map((row) => `${row.boot}/${row.seq}`)).size).toBe(rows.length);
  expect(rows.reduce((sum, row) => sum + row.recordCount, 0)).toBe(MESSAGES);
  expect(rows.reduce((sum, row) => sum + row.gapCount, 0)).toBe(0);
  // Level 2 in the lowest two bits, the generation above them.
  expect([...new Set(rows.map((row) => row.seal))].sort((a, b) => a - b)).toEqual(
    generations.map((each) => 2 + 4 * each),
  );
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-rotation-'));
  port = await freePort();
  key = withSeals(directory, (desk) => text(desk.give(id, 2)));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

it('keys rotate in the middle of a backlog while the gateway is killed: nothing is lost or doubled', async () => {
  const pou = deviceWithBacklog();
  const acked = (share: number) =>
    eventually(() => pou.status().acked >= share * MESSAGES, `${share} of the backlog`, 60_000);
  await startGateway();
  await acked(0.2);
  // The key before is still taken: the device has not heard of the new one.
  const second = rotate(HOUR);
  await acked(0.35);
  await killGateway();
  await startGateway();
  await acked(0.5);
  expect(seals.status().generation).toBe(1);
  key = second;
  // From the next connection on.
  await killGateway();
  await startGateway();
  await acked(0.7);
  expect(seals.status().generation).toBe(2);
  await killGateway();
  await startGateway();
  await acked(1);
  await pou.stop();
  await killGateway();
  expectWhole([1, 2]);
  expect(pou.status()).toMatchObject({ acked: MESSAGES, queued: 0 });
});

it('a device whose key is over is told so, keeps its messages, and sends them when it has the new key', async () => {
  const pou = deviceWithBacklog();
  await startGateway();
  await eventually(() => pou.status().acked >= 0.3 * MESSAGES, 'a part of the backlog', 60_000);
  const second = rotate(0);
  await eventually(() => pou.status().lastProblem.includes('keyExpired'), 'the word that the key is over');
  expect(pou.status().lastProblem).toContain('rotate-seal-key');
  const before = pou.status().acked;
  // More refusals than the core forgives a message that is refused for itself.
  const attempts = () => seals.status().opened;
  const told = attempts();
  await eventually(() => attempts() > told + 10, 'more attempts with the old key');
  expect(pou.status().acked).toBe(before);
  key = second;
  await eventually(() => pou.status().acked === MESSAGES, 'all of it', 60_000);
  await pou.stop();
  await killGateway();
  expectWhole([1, 2]);
});
