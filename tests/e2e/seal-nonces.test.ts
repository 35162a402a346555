import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@usewire/device-sdk/testing';
import { open, type SealKey } from '@usewire/protocol/seal';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, lampBytes } from '../support/gateway-kit.ts';
import { contextOf, keyOf, type RawDevice, rawDevice, sealedUp, withSeals } from '../support/seal-kit.ts';
import { brightData } from '../support/wrong-lamp.ts';

const SEED = Number(process.env.USEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 31));
const LIVES = 10;
const id = { tenant: 't', device: 'lamp' };

let directory = '';
let child: ChildProcess | undefined;
let device: RawDevice | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-nonces-'));
});
afterEach(() => {
  device?.client.end();
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function startGateway(): Promise<number> {
  child = fork(fileURLToPath(new URL('../support/gateway-child.mjs', import.meta.url)), { execArgv: [] });
  const started = new Promise<{ mqttPort: number }>((resolve) => {
    child!.once('message', (message) => resolve(message as { mqttPort: number }));
  });
  child.send({ directory, models: [Buffer.from(lampBytes).toString('hex')] });
  return (await started).mqttPort;
}

async function killGateway(): Promise<void> {
  const ended = new Promise((resolve) => child!.once('exit', resolve));
  child!.kill('SIGKILL');
  await ended;
}

function counterOf(frame: Uint8Array, key: SealKey): bigint {
  const { keys } = contextOf(id, key);
  const opened = open(frame, { ...contextOf(id, key, 'dn'), keys: keys!, minimum: 0 });
  if (!opened.ok || opened.value.counter === null) throw new Error('no sealed message down');
  return opened.value.counter;
}

/** A nonce that comes twice under one key gives away both messages and the right to forge others (SP 800-38C, 5.3). */
it(`never seals two messages down with one nonce in ${LIVES} lives that end by kill -9 (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const key = withSeals(directory, (seals) => keyOf(seals.give(id, 2)));
  const counters: bigint[] = [];
  let seq = 0;
  for (let life = 0; life < LIVES; life += 1) {
    device = rawDevice(await startGateway(), id);
    const { publish, frames, client } = device;
    // Each is refused for what it says, with a sealed nack.
    const sent = 1 + Math.floor(random.next() * 20);
    for (let i = 0; i < sent; i += 1) publish(sealedUp(id, key, brightData(seq++)));
    const heard = 1 + Math.floor(random.next() * sent);
    await eventually(() => frames().length >= heard, 'some of the answers');
    await killGateway();
    await eventually(() => client.closed(), 'the end of the connection');
    counters.push(...frames().map((frame) => counterOf(frame, key)));
  }
  expect(counters.length).toBeGreaterThan(LIVES);
  expect(new Set(counters).size).toBe(counters.length);
  expect(counters.every((each, i) => i === 0 || each > counters[i - 1]!)).toBe(true);
});
