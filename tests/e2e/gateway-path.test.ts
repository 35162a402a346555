import { afterEach, describe, expect, it } from 'vitest';
import { eventually, lampData, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';

const UP = 'pou/1/t/lamp/up';

describe('the path from a socket to the store', () => {
  let running: TestGateway;
  let client: RawClient;

  afterEach(async () => {
    client?.end();
    await running?.stop();
  });

  it('acknowledges in order what it has stored', async () => {
    running = await startGateway();
    client = rawClient(running.mqttPort);
    client.send(connectPacket('t.lamp'));
    for (let seq = 0; seq < 5; seq += 1) client.send(publishPacket(UP, lampData(seq), seq + 1));
    await eventually(() => client.pubacks().length === 5, 'five acks');
    expect(client.pubacks()).toEqual([1, 2, 3, 4, 5]);
    expect(running.gateway.view.size().messages).toBe(5);
  });
});
