import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { eventually, lampData, lampHello, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { connectPacket, packet, publishPacket, rawClient, subscribePacket } from '../support/raw-mqtt.ts';

let running: TestGateway | undefined;
afterEach(() => running?.stop());

const UP = 'pou/1/t/lamp/up';
const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));

/** Frames that are right, damaged in one byte, cut, or noise. */
const right = fc.oneof(
  fc.constant(connectPacket('t.lamp')),
  fc.nat(50).map((seq) => publishPacket(UP, lampData(seq), seq + 1)),
  fc.nat(50).map((seq) => publishPacket('pou/1/t/lamp/st', lampHello(seq), seq + 1)),
  fc.constantFrom(subscribePacket(3, 'pou/1/t/lamp/dn'), packet(0xc0), packet(0xe0)),
  fc.record({ header: fc.nat(255), body: bytes(40) }).map(({ header, body }) => packet(header, body)),
);
const damaged = fc.record({ frame: right, at: fc.nat(), to: fc.nat(255) }).map(({ frame, at, to }) => {
  const copy = Buffer.from(frame);
  copy[at % copy.length] = to;
  return copy;
});
const cut = fc
  .record({ frame: right, end: fc.nat() })
  .map(({ frame, end }) => frame.subarray(0, end % frame.length));
const stream = fc.array(fc.oneof({ weight: 4, arbitrary: right }, damaged, cut, bytes(60)), {
  maxLength: 12,
});

it('survives whatever bytes come, and goes on serving others', async () => {
  running = await startGateway();
  const good = rawClient(running.mqttPort);
  good.send(connectPacket('t.good'));
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(stream, fc.boolean(), async (chunks, connectFirst) => {
      const attacker = rawClient(running!.mqttPort);
      await eventually(() => !attacker.socket.connecting, 'the connection');
      if (connectFirst) attacker.send(connectPacket('t.lamp'));
      attacker.send(...chunks.filter((chunk) => chunk.length > 0));
      sent += 1;
      good.send(publishPacket('pou/1/t/good/up', lampData(sent - 1), sent));
      await eventually(() => good.pubacks().length === sent, 'the ack of the good device');
      attacker.end();
    }),
    { numRuns: 150 },
  );
  await eventually(
    () => running?.gateway.view.gauges().connections === 1,
    'the end of all other connections',
  );
  expect(good.pubacks()).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
  good.end();
});
