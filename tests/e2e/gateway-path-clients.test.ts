import { decodeMessage, Kind } from '@usewire/protocol/wire';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, lampData, lampHello, startGateway, type TestGateway } from '../support/gateway-kit.ts';

let running: TestGateway | undefined;
let client: MqttClient | undefined;

async function connect(clientId: string): Promise<MqttClient> {
  const url = `mqtt://127.0.0.1:${running!.mqttPort}`;
  client = await mqtt.connectAsync(url, { clientId, username: clientId, reconnectPeriod: 20 });
  return client;
}

afterEach(async () => {
  await client?.endAsync(true);
  await running?.stop();
});

describe('a client as others write them', () => {
  it('publishes two hundred messages, each acknowledged', async () => {
    running = await startGateway();
    const lamp = await connect('t.lamp');
    const sent = Array.from({ length: 200 }, (_, seq) =>
      lamp.publishAsync('pou/1/t/lamp/up', lampData(seq), { qos: seq % 3 === 0 ? 2 : 1 }),
    );
    await Promise.all(sent);
    expect(running.gateway.view.size().messages).toBe(200);
    expect(running.gateway.view.gaps()).toEqual([]);
  });

  it('is told by nack of a wrong message and is not disconnected for it', async () => {
    running = await startGateway();
    const lamp = await connect('t.lamp');
    let closes = 0;
    lamp.on('close', () => {
      closes += 1;
    });
    const nacks: unknown[] = [];
    lamp.on('message', (_topic, payload) => {
      const decoded = decodeMessage(payload);
      if (decoded.ok) nacks.push(decoded.value);
    });
    await lamp.subscribeAsync('pou/1/t/lamp/dn', { qos: 1 });
    for (let i = 0; i < 20; i += 1)
      await lamp.publishAsync('pou/1/t/lamp/up', Buffer.from([0xa1, 0, i]), { qos: 1 });
    await lamp.publishAsync('pou/1/t/lamp/up', lampData(0), { qos: 1 });
    await eventually(() => nacks.length === 20, 'a nack for each');
    expect(nacks[0]).toMatchObject({ kind: Kind.nack });
    expect(closes).toBe(0);
    expect(running.gateway.view.counters()).toMatchObject({ messages: 1 });
  });

  it('says hello on its status topic, and its connection is counted while it lasts', async () => {
    running = await startGateway();
    const payload = lampHello(0);
    const lamp = await connect('t.lamp');
    await lamp.publishAsync('pou/1/t/lamp/st', payload, { qos: 1, retain: true });
    await eventually(() => running?.gateway.view.devices()[0]?.state === 'online', 'online');
    expect(running.gateway.view.gauges().connections).toBe(1);
    await lamp.endAsync();
    await eventually(() => running?.gateway.view.gauges().connections === 0, 'the end of the connection');
  });

  it('is taken over by a second connection of the same device', async () => {
    running = await startGateway();
    const first = await connect('t.lamp');
    first.options.reconnectPeriod = 0;
    const url = `mqtt://127.0.0.1:${running.mqttPort}`;
    const second = await mqtt.connectAsync(url, { clientId: 't.lamp', username: 't.lamp' });
    await eventually(() => !first.connected, 'the end of the first');
    await second.publishAsync('pou/1/t/lamp/up', lampData(0), { qos: 1 });
    await second.endAsync();
    expect(running.gateway.view.counters().messages).toBe(1);
  });
});
