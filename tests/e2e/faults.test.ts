import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { createForwarders, createHttpSink } from '@usewire/gateway';
import {
  type FaultyNetwork,
  type FaultyReceiver,
  networkFaults,
  type SinkFault,
  sinkFaults,
  startFaultyNetwork,
  startFaultyReceiver,
} from '@usewire/simulators';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, lamp, startGateway, type TestGateway } from '../support/gateway-kit.ts';

const PATIENCE_MS = 30_000;
const RETRY = { baseMs: 5, maxMs: 50, breakerAfter: 1_000, probeEveryMs: 50 };
const BATCH = { maxRecords: 8, maxBytes: 65_536, maxAgeMs: 5 };

/** A receiver, a gateway, the network in front of it and one device on the real SDK: each fault of a path alone, in the same story. */
let receiver: FaultyReceiver;
let gateway: TestGateway;
let network: FaultyNetwork;
let device: ReturnType<typeof startDevice>;
let folder: string;
let taken: number[];

const startDevice = () =>
  start(lamp, {
    ...{ gateway: network.url, tenant: 't', device: 'lamp', token: 'any', dataDir: folder },
    ...{ flushIntervalMs: 10, minRetryMs: 5, maxRetryMs: 50, ackTimeoutMs: 400 },
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usewire-faults-'));
  taken = [];
  receiver = await startFaultyReceiver({
    ...{ seed: 4, silenceMs: 60_000, indigestible: 0.2 },
    onTaken: ({ events }) => {
      for (const event of events) taken.push(brightnessOf(event));
    },
  });
  const sink = createHttpSink({ name: 'remote', url: receiver.url, timeoutMs: 250 });
  const forwarders = createForwarders({ sinks: { remote: { batch: BATCH, retry: RETRY } } });
  gateway = await startGateway({}, { sinks: [sink], parts: [forwarders.part] });
  network = await startFaultyNetwork({ gateway: () => ({ host: '127.0.0.1', port: gateway.mqttPort }) });
  device = startDevice();
});
afterEach(async () => {
  await device.stop({ drainMs: 0 });
  await network.close();
  await gateway.stop();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const brightnessOf = (event: Record<string, unknown>): number =>
  (event.data as { attributes: { brightness: number } }).attributes.brightness;

/** Ten switchings from `first` on, each in a message of its own. */
function switchTen(first: number): void {
  for (let n = first; n < first + 10; n++) {
    device.switched({ brightness: n });
    device.flush();
  }
}
const acked = (count: number) =>
  eventually(() => device.status().acked === count, `${count} acknowledgements`, PATIENCE_MS);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
/** Everything that ever happened on the network. */
const happened = (): number => Object.values(network.counts).reduce((sum, count) => sum + count, 0);
const refused = () => gateway.gateway.view.quarantine({ reason: 'sinkRejected' });

describe('D1, D4: one fault of the network at a time', () => {
  it.each(networkFaults)('$name: what is acknowledged is in the sink, once', async (fault) => {
    switchTen(0);
    await acked(10);
    const before = happened();
    network.strike(fault, { share: 1, salt: 1, forMs: 60_000, byMs: 60, atShare: 0.5 });
    switchTen(10);
    await eventually(() => happened() > before, 'the fault', PATIENCE_MS);
    network.mend();
    switchTen(20);
    await acked(30);
    await eventually(() => taken.length >= 30, 'thirty records in the sink', PATIENCE_MS);
    expect(sorted(taken)).toEqual(upTo(30));
    expect(receiver.counts.changed).toBeUndefined();
  });
});

describe('D1, D4: one fault of a sink at a time', () => {
  const others = sinkFaults.filter((one) => one.name !== 'rejectPart');
  const strike = (fault: SinkFault): void => receiver.strike(fault, { forMs: 60_000 });

  it.each(others)('$name: all of it is in the sink, once, when it is over', async (fault) => {
    strike(fault);
    switchTen(0);
    await acked(10);
    await eventually(() => (receiver.counts[fault.name] ?? 0) >= 3, 'three attempts', PATIENCE_MS);
    receiver.mend();
    switchTen(10);
    await eventually(() => taken.length >= 20, 'twenty records in the sink', PATIENCE_MS);
    expect(sorted(taken)).toEqual(upTo(20));
    expect(receiver.counts.changed).toBeUndefined();
  });

  it('rejectPart: what it refuses is in quarantine, message by message, everything else in the sink, once', async () => {
    strike(sinkFaults.find((one) => one.name === 'rejectPart')!);
    for (const first of [0, 10, 20]) switchTen(first);
    await acked(30);
    await eventually(() => taken.length + refused().length >= 30, 'thirty records somewhere', PATIENCE_MS);
    expect(refused().length).toBeGreaterThan(0);
    expect(taken.length + refused().length).toBe(30);
    expect(new Set(taken).size).toBe(taken.length);
  });
});
