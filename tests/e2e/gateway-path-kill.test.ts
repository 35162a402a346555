import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteSpool } from '@usewire/gateway';
import { afterEach, expect, it } from 'vitest';
import { eventually, lampBytes, lampData } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';

const DEVICES = 8;
const WINDOW = 50;
const KILLS = 4;

let directory = '';
let child: ChildProcess | undefined;

async function startChild(): Promise<number> {
  const script = fileURLToPath(new URL('../support/gateway-child.mjs', import.meta.url));
  child = fork(script, { execArgv: [] });
  const started = new Promise<number>((resolve, reject) => {
    child!.once('message', (message) => resolve((message as { mqttPort: number }).mqttPort));
    child!.once('exit', (code) => reject(new Error(`the gateway ended with code ${code}`)));
  });
  child.send({ directory, models: [Buffer.from(lampBytes).toString('hex')] });
  return started;
}

async function killChild(): Promise<void> {
  const ended = new Promise((resolve) => child!.once('exit', resolve));
  child!.kill('SIGKILL');
  await ended;
}

/** A device that keeps WINDOW messages unacknowledged and sends them again after a reconnect, as an outbox does. */
function outboxDevice(name: string) {
  const acked = new Set<number>();
  let client: RawClient | undefined;
  let next = 0;
  let read = 0;
  const inFlight: number[] = [];

  function send(seq: number): void {
    client!.send(publishPacket(`pou/1/t/${name}/up`, lampData(seq), (seq % 65_535) + 1));
  }

  return {
    acked,
    connect(port: number) {
      client?.end();
      client = rawClient(port);
      read = 0;
      client.send(connectPacket(`t.${name}`));
      for (const seq of inFlight) send(seq);
    },
    pump() {
      const ids = client!.pubacks();
      for (; read < ids.length; read += 1) {
        const seq = inFlight.shift()!;
        expect((seq % 65_535) + 1).toBe(ids[read]);
        acked.add(seq);
      }
      while (inFlight.length < WINDOW) {
        inFlight.push(next);
        send(next);
        next += 1;
      }
    },
    end: () => client?.end(),
  };
}

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function storedOnce(): Map<string, number[]> {
  const spool = openSqliteSpool({
    directory,
    maxBytes: 2 ** 40,
    maxQuarantineBytes: 2 ** 20,
    maxQuarantineBytesPerDevice: 2 ** 20,
  });
  const byDevice = new Map<string, number[]>();
  for (const row of spool.readAfter(0, { messages: 1e9, bytes: 1e12 })) {
    const list = byDevice.get(row.device) ?? [];
    list.push(row.seq);
    byDevice.set(row.device, list);
  }
  void spool.close();
  return byDevice;
}

it('loses nothing that was acknowledged, and stores nothing twice, when it is killed in the middle of its work', async () => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-kill-'));
  const devices = Array.from({ length: DEVICES }, (_, i) => outboxDevice(`d${i}`));
  const ackedCount = () => devices.reduce((sum, device) => sum + device.acked.size, 0);
  for (let round = 0; round < KILLS; round += 1) {
    const port = await startChild();
    for (const device of devices) device.connect(port);
    const enough = ackedCount() + 300 + round * 450;
    await eventually(() => {
      for (const device of devices) device.pump();
      return ackedCount() >= enough;
    }, `${enough} acks in round ${round}`);
    await killChild();
  }
  for (const device of devices) device.end();
  const stored = storedOnce();
  devices.forEach((device, i) => {
    const seqs = stored.get(`d${i}`) ?? [];
    expect(new Set(seqs).size).toBe(seqs.length);
    const lost = [...device.acked].filter((seq) => !seqs.includes(seq));
    expect(lost).toEqual([]);
  });
  expect(ackedCount()).toBeGreaterThan(3_000);
});
