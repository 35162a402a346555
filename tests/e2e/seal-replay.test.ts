import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteSpool } from '@usewire/gateway';
import type { SealKey } from '@usewire/protocol/seal';
import { Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, lampBytes, lampData, lampHello } from '../support/gateway-kit.ts';
import {
  keyOf,
  type RawDevice,
  rawDevice,
  sealedUp,
  startSealGateway,
  withSeals,
} from '../support/seal-kit.ts';

const id = { tenant: 't', device: 'lamp' };
const limits = { maxBytes: 2 ** 40, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };

let directory = '';
let child: ChildProcess | undefined;
let device: RawDevice | undefined;
let key: SealKey;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-replay-'));
  key = withSeals(directory, (seals) => keyOf(seals.give(id, 2)));
});
afterEach(() => {
  device?.client.end();
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function startGateway(): Promise<number> {
  child = fork(fileURLToPath(new URL('../support/gateway-child.mjs', import.meta.url)), { execArgv: [] });
  const started = new Promise<number>((resolve, reject) => {
    child!.once('message', (message) => resolve((message as { mqttPort: number }).mqttPort));
    child!.once('exit', (code) => reject(new Error(`the gateway ended with code ${code}`)));
  });
  child.send({ directory, models: [Buffer.from(lampBytes).toString('hex')] });
  return started;
}

/** The guard takes little before the CONNACK. */
const letIn = (one: RawDevice) =>
  eventually(() => one.client.packets.some((packet) => packet.header === 0x20), 'the CONNACK');

async function killGateway(): Promise<void> {
  const ended = new Promise((resolve) => child!.once('exit', resolve));
  child!.kill('SIGKILL');
  await ended;
}

it('after a kill what was not acknowledged is taken when it comes again, and nothing that was stored is', async () => {
  const hello = (uptimeMs: number) => sealedUp(id, key, lampHello(0, { uptimeMs }), 1);
  const frames = Array.from({ length: 400 }, (_, seq) => sealedUp(id, key, lampData(seq)));
  const first = rawDevice(await startGateway(), id);
  device = first;
  await letIn(first);
  first.publish(hello(500), 'st');
  first.publish(hello(1_000), 'st');
  for (const frame of frames) first.publish(frame);
  await eventually(() => first.client.pubacks().length > 60, 'some acknowledgements');
  await killGateway();

  const second = rawDevice(await startGateway(), id);
  device = second;
  await letIn(second);
  for (const frame of frames) second.publish(frame);
  for (const frame of frames) second.publish(frame);
  await eventually(() => second.client.pubacks().length === 800, 'an acknowledgement for each');
  // Recorded before the kill by someone else, and sent again: how things were is not how they are.
  second.publish(hello(500), 'st');
  await eventually(
    () => second.heard(key).some((message) => message?.kind === Kind.nack && message.code === 10),
    'the word that it is old',
  );
  await killGateway();

  const spool = openSqliteSpool({ directory, ...limits });
  const seqs = spool.readAfter(0, { messages: 1e6, bytes: 1e9 }).map((row) => row.seq);
  expect(seqs.sort((a, b) => a - b)).toEqual(frames.map((_, seq) => seq));
  expect(spool.quarantine({}).map((entry) => entry.reason)).toEqual(['replayed']);
  await spool.close();
});

it('a boot that memory has no room for is remembered by the store: nothing of it is taken twice', async () => {
  const gateway = await startSealGateway(directory);
  const counters = () => gateway.gateway.view.counters();
  const raw = rawDevice(gateway.mqttPort, id);
  device = raw;
  const random = Uint8Array.from({ length: 8 }, (_, i) => i + 1);
  const old = sealedUp(id, key, lampData(0, { boot: random }));
  raw.publish(old);
  await eventually(() => counters().messages === 1, 'the first');
  await gateway.gateway.stop();
  const again = await startSealGateway(directory);
  const after = rawDevice(again.mqttPort, id);
  device = after;
  await letIn(after);
  const view = () => again.gateway.view.counters();
  for (let boot = 1; boot <= 300; boot += 1) after.publish(sealedUp(id, key, lampData(0, { boot })));
  await eventually(() => view().messages === 300, 'messages of more boots than are kept');
  after.publish(old);
  await eventually(() => view().duplicates === 1, 'the old one, known');
  expect(view().messages).toBe(300);
  await again.stop();
});

it('no secret stands in the data folder as it is, and the key that opens them is for its owner alone', () => {
  const files = readdirSync(directory).map((name) => join(directory, name));
  const all = Buffer.concat(files.map((file) => readFileSync(file)));
  expect(all.includes(Buffer.from(key.secret))).toBe(false);
  expect(all.includes(Buffer.from(key.secret).toString('base64url'))).toBe(false);
  const master = files.find((file) => file.endsWith('seal-master.key'))!;
  expect(statSync(master).mode & 0o777).toBe(0o600);
});
