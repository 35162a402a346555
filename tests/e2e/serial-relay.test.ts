import { createRelay, type Relay } from '@usewire/gateway';
import { Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eventually,
  lampData,
  lampHello,
  lampModelMessage,
  startGateway,
  type TestGateway,
} from '../support/gateway-kit.ts';
import { type MqttGateway, mqttGateway } from '../support/mqtt-gateway.ts';
import { type RawSerialDevice, rawSerialDevice } from '../support/serial-device.ts';
import { lineNote, noLine, type SerialLine, serialLine } from '../support/serial-line.ts';

const id = { tenant: 'acme', device: 'lamp-1' };

describe.skipIf(noLine)(`a relay between a serial device and a gateway${lineNote}`, () => {
  let line: SerialLine;
  let relay: Relay;
  let device: RawSerialDevice;

  async function begin(port: number, token?: string): Promise<void> {
    const serial = { path: line.gatewayEnd, ...id, ...(token === undefined ? {} : { token }) };
    relay = createRelay({ gateway: `mqtt://127.0.0.1:${port}`, ports: [serial] });
    relay.start();
    await eventually(() => relay.status()[0]!.state === 'open', 'the port');
    device = await rawSerialDevice(line.deviceEnd);
  }

  /** As a device does: with another call each time, until it is let in. */
  async function letIn(): Promise<void> {
    const status = () => relay.status()[0]!;
    for (let n = 1; !status().isIn; n += 1) {
      const { frames } = status();
      device.callOnce(Uint8Array.of(200, n & 255, n >> 8));
      await eventually(() => status().frames > frames && status().gateway !== 'connecting', 'an answer');
    }
  }

  beforeEach(async () => {
    line = await serialLine();
  });
  afterEach(async () => {
    await device.close();
    await relay.stop();
    await line.end();
  });

  describe('that is there', () => {
    let running: TestGateway;
    afterEach(() => running.stop());

    it('carries a day up in the name of the device, and the question for its model down', async () => {
      running = await startGateway({ models: [] });
      await begin(running.mqttPort);
      await letIn();
      await device.deliver(lampHello(0));
      await eventually(() => device.messages.some(({ kind }) => kind === Kind.modelReq), 'the question');
      await device.deliver(lampModelMessage());
      for (let seq = 0; seq < 30; seq += 1) await device.deliver(lampData(seq));
      device.receipts.clear();
      await device.deliver(lampData(7));
      expect(running.gateway.view.counters()).toMatchObject({ messages: 30, duplicates: 1 });
      expect(running.gateway.view.devices()).toMatchObject([{ ...id, state: 'online' }]);
      expect(relay.status()[0]).toMatchObject({ relayed: 33, inFlight: 0, gateway: 'up' });
    });

    it('lets the gateway know when the cable is pulled', async () => {
      running = await startGateway();
      await begin(running.mqttPort);
      await letIn();
      await device.deliver(lampHello(0));
      await line.unplug();
      await eventually(() => running.gateway.view.devices()[0]!.state === 'lost', 'the loss');
      expect(relay.status()[0]).toMatchObject({ state: 'away', gateway: 'away' });
    });
  });

  describe('that comes and goes', () => {
    let broker: MqttGateway;
    beforeEach(async () => {
      broker = await mqttGateway();
    });
    afterEach(() => broker.stop());

    it('gives no receipt that the gateway has not given, and hangs up when the gateway goes away', async () => {
      await begin(broker.port);
      await letIn();
      await device.deliver(lampHello(0));
      broker.hangAcks(true);
      const checksum = device.send(lampData(0));
      await eventually(() => broker.received.length === 2, 'the frame at the gateway');
      expect(device.receipts.has(checksum)).toBe(false);
      expect(relay.status()[0]).toMatchObject({ inFlight: 1 });
      const { port } = broker;
      device.hangUps.length = 0;
      await broker.stop();
      await eventually(() => device.hangUps.some(({ cause }) => cause === 'closed'), 'the hang-up');
      expect(device.receipts.has(checksum)).toBe(false);
      expect(relay.status()[0]).toMatchObject({ inFlight: 0, leftWithDevice: 1, isIn: false });

      const receipts = device.receipts.size;
      const { frames } = relay.status()[0]!;
      device.callOnce(Uint8Array.of(1, 1));
      await eventually(() => relay.status()[0]!.frames > frames, 'the call');
      await eventually(() => relay.status()[0]!.gateway === 'away', 'the attempt');
      expect(device.receipts.size).toBe(receipts);

      broker = await mqttGateway(port);
      await letIn();
      await device.deliver(lampData(0));
      expect(broker.received.map(({ topic }) => topic)).toEqual(['pou/1/acme/lamp-1/up']);
    });

    it('tells a device that the gateway does not want it', async () => {
      await begin(broker.port, 'wrong');
      device.callOnce(Uint8Array.of(2, 1));
      const { frames } = relay.status()[0]!;
      await eventually(() => {
        const now = relay.status()[0]!;
        return now.frames > frames && now.gateway === 'away';
      }, 'the refusal');
      device.callOnce(Uint8Array.of(2, 2));
      await eventually(() => device.hangUps.some(({ cause }) => cause === 'refused'), 'the hang-up');
      expect(broker.received).toEqual([]);
    });

    it('holds no more than its bound when the gateway is slow: it stops reading', async () => {
      await begin(broker.port);
      await letIn();
      await device.deliver(lampHello(0));
      broker.hangAcks(true);
      for (let seq = 0; seq < 2_000; seq += 1) device.send(lampData(seq));
      await eventually(() => relay.status()[0]!.inFlight >= 64, 'the bound');
      const { frames } = relay.status()[0]!;
      expect(relay.status()[0]!.inFlight).toBeLessThanOrEqual(1_024);
      await eventually(() => broker.received.length >= relay.status()[0]!.inFlight, 'all that was read');
      expect(relay.status()[0]!.frames).toBe(frames);
    });
  });
});
