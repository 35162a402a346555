import { createAdmin, createForwarders, type Sink, type SinkBatch } from '@usewire/gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, lampData, startGateway } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, rawClient } from '../support/raw-mqtt.ts';
import { until } from '../support/usewire-cli.ts';

/** Down until it is told otherwise. */
function outage(): Sink & { isDown: boolean; seqs: number[] } {
  const sink = {
    name: 'store',
    isDown: true,
    seqs: [] as number[],
    async deliver({ records }: SinkBatch) {
      if (sink.isDown) return { kind: 'retry' as const, reason: 'the store is down' };
      sink.seqs.push(...records.map(({ seq }) => seq));
      return { kind: 'accepted' as const };
    },
    async close() {},
  };
  return sink;
}

const MAX_BYTES = 1_048_576;
const RETRY = { baseMs: 20, maxMs: 100, breakerAfter: 3, probeEveryMs: 200 };
/** The pace of one device is not what this is about. */
const FAST = { messagesPerSecond: 1_000_000, burstMessages: 1_000_000 };
const BATCH = { maxRecords: 5_000, maxBytes: 262_144, maxAgeMs: 0 };

describe('D3 the limit of the spool', () => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of cleanUp.splice(0).reverse()) await end();
  });

  async function start() {
    const sink = outage();
    const events: string[] = [];
    const say = (event: string) => void events.push(event);
    const forwarders = createForwarders({ sinks: { store: { batch: BATCH, retry: RETRY } } });
    const { gateway, mqttPort, httpPort, stop } = await startGateway(
      {
        spool: { directory: null, maxBytes: MAX_BYTES, maxQuarantineBytesPerDevice: 100_000 },
        path: { highWaterBytes: 262_144 },
        guard: { device: FAST },
      },
      {
        sinks: [sink],
        parts: [createAdmin({ port: 0 }, forwarders), forwarders.part],
        log: { debug: () => {}, info: say, warn: say, error: say },
      },
    );
    cleanUp.push(stop);
    const page = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    const device = async (name: string) => {
      const client = rawClient(mqttPort);
      client.send(connectPacket(`acme.${name}`, { keepAliveS: 600 }));
      cleanUp.push(client.end);
      await eventually(() => client.packets.some(({ header }) => header === 0x20), 'CONNACK');
      const send = (id: number, payload: Buffer) =>
        client.send(publishPacket(`pou/1/acme/${name}/up`, payload, id));
      return { ...client, send };
    };
    return { sink, gateway, events, page, device };
  }

  it('is never passed: no more acks, sockets paused, an alarm; all of it over when the sink drains', async () => {
    const { sink, gateway, events, page, device } = await start();
    const bed = await device('bed-1');
    const messages = 3_000;
    for (let seq = 0; seq < messages; seq += 1) bed.send(seq + 1, lampData(seq, { records: 100 }));
    const { view } = gateway;
    await eventually(() => view.gauges().storageFailure?.code === 'SPOOL_FULL', 'the limit is reached');
    await eventually(() => view.gauges().paused, 'the sockets are paused');
    await eventually(() => events.includes('spool.high'), 'the alarm in the log');
    // An ack is a row, and a row is an ack: nothing was acknowledged and dropped.
    const stored = view.size().messages;
    await eventually(() => bed.pubacks().length === stored, 'what is stored is acknowledged');
    expect(stored).toBeGreaterThan(500);
    expect(stored).toBeLessThan(messages);
    expect(view.size().usedBytes).toBeLessThanOrEqual(MAX_BYTES);
    const ready = await page('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.text).toMatch(/SPOOL_FULL: the store has reached its limit of 1048576 bytes/);
    expect(ready.text).toMatch(/"space":\{"ok":false,"reason":"the store is \d\d % full/);
    expect((await page('/metrics')).text).toContain('usewire_gateway_spool_alarm 1\n');
    expect(events.filter((event) => event === 'spool.refused')).toHaveLength(1);

    sink.isDown = false;
    await eventually(() => bed.pubacks().length === messages, 'every message is acknowledged', 60_000);
    expect(bed.pubacks()).toEqual(Array.from({ length: messages }, (_, i) => i + 1));
    expect(bed.closed()).toBe(false);
    await eventually(() => sink.seqs.length === messages * 100, 'everything is delivered', 20_000);
    const counts = view.counters();
    expect(counts.received).toBe(counts.messages + counts.reports + counts.duplicates);
    expect(counts.messages).toBe(messages);
    const times = new Map<number, number>();
    for (const seq of sink.seqs) times.set(seq, (times.get(seq) ?? 0) + 1);
    expect([...times.values()].every((n) => n === 100)).toBe(true);
    await eventually(() => events.includes('spool.clear'), 'the alarm is over');
    await until(async () => ((await page('/readyz')).status === 200 ? true : undefined), 'ready again');
    expect((await page('/metrics')).text).toContain('usewire_gateway_spool_alarm 0\n');
  });

  it('is not reached by one device that sends rubbish: its quarantine has a cap of its own', async () => {
    const { gateway, device } = await start();
    const quiet = await device('quiet');
    quiet.send(1, Buffer.from('no message, but the only one'));
    await eventually(() => quiet.pubacks().length === 1, 'PUBACK');
    const noisy = await device('noisy');
    for (let id = 1; id <= 2_000; id += 1) noisy.send(id, Buffer.alloc(1_000, `rubbish ${id} `));
    await eventually(() => noisy.pubacks().length === 2_000, 'every PUBACK', 30_000);
    const { size, quarantine } = gateway.view;
    expect(size().quarantineBytes).toBeLessThanOrEqual(100_100);
    expect(size().usedBytes).toBeLessThan(MAX_BYTES / 2);
    expect(quarantine({ device: 'quiet' })).toHaveLength(1);
    expect(gateway.view.gauges().storageFailure).toBeNull();
  });
});
