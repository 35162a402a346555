import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway-kit.ts';
import { isBuilt, type RunningGateway, runGateway } from '../../support/usewire-cli.ts';
import { findNats } from '../nats/server.mjs';
import { withManager } from '../nats/stream-reader.ts';
import { freePort } from '../until-listening.mjs';
import { type Balancer, findHaproxy, startHaproxy } from './haproxy.mjs';
import { type JetStreamCluster, startJetStream } from './jetstream.mjs';
import { LightDevice } from './light-device.ts';

const nats = findNats();
const haproxy = findHaproxy();
const missing =
  (nats ? null : 'no nats-server here') ??
  (haproxy ? null : 'no haproxy here') ??
  (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

const GATEWAYS = [0, 1, 2];
const DEVICES = 2_000;
const MESSAGES = 8;
/** Between two messages of a device. */
const EVERY_MS = 2_500;

describe.skipIf(missing !== null)(`three gateways over three JetStream nodes${why}`, () => {
  let home = '';
  let engine: JetStreamCluster;
  let balancer: Balancer | undefined;
  let ports: number[] = [];
  const gateways: RunningGateway[] = [];
  let devices: LightDevice[] = [];

  const run = async (index: number) => {
    gateways[index] = await runGateway(join(home, `data-${index}`), [
      ...['--config', join(home, 'usewire.yaml'), '--mqtt-port', String(ports[index])],
    ]);
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-gateways-'));
    engine = await startJetStream(nats!);
    const servers = JSON.stringify(engine.urls);
    const stream = 'stream: USAGE, createStream: { replicas: 3, duplicateWindowSeconds: 120 }';
    const pace = 'batch: { maxAgeMs: 200 }, retry: { baseMs: 50, maxMs: 1000, probeEveryMs: 1000 }';
    writeFileSync(
      join(home, 'usewire.yaml'),
      `shared: { servers: ${servers} }\nsinks:\n  - { name: engine, type: nats, servers: ${servers}, ${stream}, ${pace} }\n`,
    );
    ports = [await freePort(), await freePort(), await freePort()];
    await Promise.all(GATEWAYS.map(run));
    balancer = await startHaproxy(haproxy!, ports);
  }, 120_000);

  afterAll(async () => {
    for (const device of devices) device.end();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await balancer?.stop();
    await engine.remove();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  /** Ids of all records in the stream, as a consumer gets them. */
  async function consumed(): Promise<string[]> {
    const connection = await connect({ servers: engine.urls });
    const consumer = await jetstream(connection).consumers.get('USAGE');
    const ids: string[] = [];
    let left = (await consumer.info()).num_pending;
    while (left > 0) {
      for await (const message of await consumer.fetch({
        max_messages: Math.min(left, 5_000),
        expires: 10_000,
      })) {
        left -= 1;
        for (const { source, id } of message.json<{ source: string; id: string }[]>())
          ids.push(`${source} ${id}`);
      }
    }
    await connection.close();
    return ids;
  }

  it('lose nothing and double nothing: one gateway and one node killed under load, and all devices come back', async () => {
    const startMs = Date.now();
    const backMs: number[] = [];
    const onBack = (sinceMs: number) => void backMs.push(sinceMs);
    devices = Array.from(
      { length: DEVICES },
      (_, i) => new LightDevice({ port: balancer!.port, name: `lamp-${i}`, startMs, onBack }),
    );
    await eventually(() => devices.every((device) => device.isConnected()), 'all devices', 120_000);

    // Each at its own moment of the interval, message after message.
    let recorded = 0;
    const timers = devices.map((device) => {
      let left = MESSAGES;
      const next = () => {
        device.record();
        recorded += 1;
        left -= 1;
        return left > 0 ? setTimeout(next, EVERY_MS) : undefined;
      };
      return setTimeout(next, Math.random() * EVERY_MS);
    });
    const reached = (share: number) =>
      eventually(() => recorded >= DEVICES * MESSAGES * share, `${share} of it`, 120_000);

    await reached(0.25);
    await engine.kill(1);
    gateways[0]!.child.kill('SIGKILL');
    await gateways[0]!.ended;
    await reached(0.5);
    await eventually(() => devices.every((device) => device.isConnected()), 'all devices elsewhere', 60_000);
    const lost = backMs.length;
    await engine.start(1);
    await run(0);
    await reached(1);
    for (const timer of timers) clearTimeout(timer);
    await eventually(
      () => devices.every((device) => device.waiting() === 0),
      'every acknowledgement',
      120_000,
    );

    const expected = DEVICES * MESSAGES;
    await expect
      .poll(
        () =>
          withManager(
            engine.urls[0]!,
            async (manager) => (await manager.streams.info('USAGE')).state.messages,
          ),
        { timeout: 120_000, interval: 500 },
      )
      .toBeGreaterThanOrEqual(expected);
    const pending = async () => {
      const all = gateways.map((gateway) => gateway.get<{ sinks: { pending: number }[] }>('/api/status'));
      return (await Promise.all(all)).flatMap(({ sinks }) => sinks.map((sink) => sink.pending));
    };
    await expect.poll(pending, { timeout: 60_000 }).toEqual([0, 0, 0]);

    const ids = await consumed();
    const unique = new Set(ids);
    backMs.sort((a, b) => a - b);
    const at = (share: number) => ((backMs[Math.floor((backMs.length - 1) * share)] ?? 0) / 1_000).toFixed(2);
    const asked = devices.reduce((sum, device) => sum + device.modelRequests, 0);
    process.stdout.write(
      `several gateways: ${DEVICES} devices, ${expected * 2} records, ${expected * 2 - unique.size} lost, ${ids.length - unique.size} twice; ` +
        `${lost} devices lost their gateway, back after ${at(0.5)} s (half), ${at(0.99)} s (99 %), ${at(1)} s (last); ` +
        `models asked for ${asked} times\n`,
    );
    expect(lost).toBeGreaterThan(DEVICES / 10);
    expect(ids.length).toBe(expected * 2);
    expect(unique.size).toBe(expected * 2);
  }, 400_000);
});
