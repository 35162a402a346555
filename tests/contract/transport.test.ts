import { mqttTransport } from '@usewire/device-sdk';
import { httpTransport } from '@usewire/device-sdk/http';
import { sealed } from '@usewire/device-sdk/seal';
import { serialTransport } from '@usewire/device-sdk/serial';
import { memoryTransport } from '@usewire/device-sdk/testing';
import { keyRing, open, seal, sealKeyText } from '@usewire/protocol/seal';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { boardMqttTransport } from '../support/board-vm.ts';
import { eventually, lamp, lampData } from '../support/gateway-kit.ts';
import { httpGateway } from '../support/http-gateway.ts';
import { mqttGateway } from '../support/mqtt-gateway.ts';
import { serialPeer } from '../support/serial-peer.ts';
import { transportContract } from './transport-contract.ts';

const bye = encodeMessage({ kind: Kind.bye, seq: 0, boot: 1, uptimeMs: 0, reason: 9 });
const samples = {
  will: bye,
  messages: [lampData(0), lampData(1, { records: 40 }), lampData(2)],
  down: encodeMessage({ kind: Kind.time, clock: { unixMs: 1_800_000_000_000, quality: 3 } }),
};

describe('memory transport', () => {
  transportContract(async () => {
    const transport = memoryTransport(lamp);
    return {
      transport,
      received: () => transport.sent,
      push: () => transport.push({ kind: Kind.time, clock: { unixMs: 1_800_000_000_000, quality: 3 } }),
      dropLink: () => transport.disconnect(),
      setOnline: async (isOnline) => transport.setOnline(isOnline),
      setRefusing: (isRefusing) => transport.setRefusing(isRefusing),
      loseAcks: (isOn) => transport.loseAcks(isOn ? () => true : null),
      end: async () => undefined,
    };
  }, samples);
});

const id = { tenant: 'acme', device: 'lamp-1' };

describe('MQTT transport', () => {
  transportContract(async () => {
    const broker = await mqttGateway();
    let isUp = true;
    const transport = mqttTransport({ ...id, gateway: `mqtt://127.0.0.1:${broker.port}`, token: 'secret' });
    return {
      transport,
      received: () =>
        broker.received.map((each) => ({
          leaf: each.topic.split('/')[4]!,
          bytes: new Uint8Array(each.payload),
        })),
      push: (bytes) => broker.send('acme.lamp-1', bytes),
      dropLink: () => broker.dropClients(),
      setOnline: async () => {
        isUp = false;
        await broker.stop();
      },
      setRefusing: (isRefusing) => broker.refuse(isRefusing),
      loseAcks: (isOn) => broker.hangAcks(isOn),
      end: async () => {
        transport.close();
        await transport.whenClosed();
        if (isUp) await broker.stop();
      },
    };
  }, samples);

  it('keeps `st` at the broker and leaves `up` as it is', async () => {
    const broker = await mqttGateway();
    const transport = mqttTransport({ ...id, gateway: `mqtt://127.0.0.1:${broker.port}`, token: 'secret' });
    const acks: number[] = [];
    let isOpen = false;
    transport.open(bye, {
      onOpen: () => {
        isOpen = true;
      },
      onClose: () => undefined,
      onAck: (tag) => acks.push(tag),
      onMessage: () => undefined,
    });
    await eventually(() => isOpen, 'the link');
    transport.send(1, 'st', bye);
    transport.send(2, 'up', lampData(0));
    await eventually(() => acks.length === 2, 'the acknowledgements');
    expect(broker.received.map((each) => [each.topic, each.retain])).toEqual([
      ['pou/1/acme/lamp-1/st', true],
      ['pou/1/acme/lamp-1/up', false],
    ]);
    transport.close();
    await transport.whenClosed();
    await broker.stop();
  });

  it.each([
    [{ tenant: 'a b' }, 'tenant'],
    [{ device: '' }, 'device'],
    [{ gateway: 'localhost:1883' }, 'gateway'],
  ])('refuses options that cannot work: %j', (wrong, name) => {
    const options = { ...id, gateway: 'mqtt://127.0.0.1:1', token: 't', ...wrong };
    expect(() => mqttTransport(options)).toThrow(expect.objectContaining({ code: 'DEV_OPTION' }));
    expect(() => mqttTransport(options)).toThrow(name);
  });
});

describe('MQTT client of a board, out of its file', () => {
  transportContract(async () => {
    const broker = await mqttGateway();
    let isUp = true;
    const transport = await boardMqttTransport({
      ...id,
      host: '127.0.0.1',
      port: broker.port,
      token: 'secret',
    });
    return {
      transport,
      received: () =>
        broker.received.map((each) => ({
          leaf: each.topic.split('/')[4]!,
          bytes: new Uint8Array(each.payload),
        })),
      push: (bytes) => broker.send('acme.lamp-1', bytes),
      dropLink: () => broker.dropClients(),
      setOnline: async () => {
        isUp = false;
        await broker.stop();
      },
      setRefusing: (isRefusing) => broker.refuse(isRefusing),
      loseAcks: (isOn) => broker.hangAcks(isOn),
      end: async () => {
        transport.close();
        if (isUp) await broker.stop();
      },
    };
  }, samples);
});

describe('sealed MQTT transport', () => {
  const secret = new Uint8Array(32).fill(3);
  const keys = keyRing(1, [{ generation: 1, secret }]);
  const openUp = (frame: Uint8Array): Uint8Array => {
    const opened = open(frame, { ...id, direction: 'up', keys });
    if (!opened.ok) throw new Error(opened.error.detail);
    return new Uint8Array(opened.value.payload);
  };

  transportContract(async () => {
    const broker = await mqttGateway();
    let isUp = true;
    const mqtt = mqttTransport({ ...id, gateway: `mqtt://127.0.0.1:${broker.port}`, token: 'secret' });
    const key = sealKeyText({ level: 2, generation: 1, secret });
    let counter = 0n;
    return {
      transport: sealed({ key }).wrap(mqtt, id),
      received: () =>
        broker.received.map(({ topic, payload }) => ({
          leaf: topic.split('/')[4]!,
          bytes: openUp(payload),
        })),
      push: (bytes) => {
        counter += 1n;
        broker.send('acme.lamp-1', seal(2, bytes, { ...id, direction: 'dn', keys, counter }));
      },
      dropLink: () => broker.dropClients(),
      setOnline: async () => {
        isUp = false;
        await broker.stop();
      },
      setRefusing: (isRefusing) => broker.refuse(isRefusing),
      loseAcks: (isOn) => broker.hangAcks(isOn),
      end: async () => {
        mqtt.close();
        await mqtt.whenClosed();
        if (isUp) await broker.stop();
      },
    };
  }, samples);
});

/** A line has no topics: hello and bye go up like the rest. */
function overSerial(mode: 'framed' | 'line', key?: string) {
  const peer = serialPeer(mode);
  const line = serialTransport({ open: peer.open, mode, callIntervalMs: 100 });
  return { peer, transport: key === undefined ? line : sealed({ key }).wrap(line, id) };
}

describe.each(['framed', 'line'] as const)('serial transport, %s', (mode) => {
  transportContract(async () => {
    const { peer, transport } = overSerial(mode);
    return {
      transport,
      received: () =>
        peer.received
          .filter(({ kind }) => kind === 'up')
          .map(({ frame }) => ({ leaf: 'up', bytes: new Uint8Array(frame) })),
      push: (bytes) => peer.send('dn', bytes),
      dropLink: () => peer.drop(),
      setOnline: async (isOnline) => {
        peer.isOnline = isOnline;
      },
      setRefusing: (isRefusing) => {
        peer.refusal = isRefusing ? { cause: 'refused', detail: 'revoked' } : null;
      },
      loseAcks: (isOn) => {
        peer.givesReceipts = !isOn;
      },
      end: async () => transport.close(),
    };
  }, samples);
});

describe('sealed serial transport', () => {
  const secret = new Uint8Array(32).fill(4);
  const keys = keyRing(1, [{ generation: 1, secret }]);

  transportContract(async () => {
    const { peer, transport } = overSerial('framed', sealKeyText({ level: 2, generation: 1, secret }));
    let counter = 0n;
    return {
      transport,
      received: () =>
        peer.received
          .filter(({ kind }) => kind === 'up')
          .map(({ frame }) => {
            const opened = open(frame, { ...id, direction: 'up', keys });
            if (!opened.ok) throw new Error(opened.error.detail);
            return { leaf: 'up', bytes: new Uint8Array(opened.value.payload) };
          }),
      push: (bytes) => {
        counter += 1n;
        peer.send('dn', seal(2, bytes, { ...id, direction: 'dn', keys, counter }));
      },
      dropLink: () => peer.drop(),
      setOnline: async (isOnline) => {
        peer.isOnline = isOnline;
      },
      setRefusing: (isRefusing) => {
        peer.refusal = isRefusing ? { cause: 'refused', detail: 'revoked' } : null;
      },
      loseAcks: (isOn) => {
        peer.givesReceipts = !isOn;
      },
      end: async () => transport.close(),
    };
  }, samples);
});

describe('HTTP transport', () => {
  transportContract(async () => {
    const gateway = await httpGateway();
    let isUp = true;
    const transport = httpTransport({ ...id, gateway: gateway.url, token: 'secret', pollIntervalMs: 20 });
    return {
      transport,
      received: () => gateway.received,
      push: gateway.push,
      dropLink: gateway.dropLink,
      setOnline: async () => {
        isUp = false;
        await gateway.stop();
      },
      setRefusing: gateway.refuse,
      loseAcks: gateway.hangAcks,
      end: async () => {
        transport.close();
        if (isUp) await gateway.stop();
      },
    };
  }, samples);

  it.each([
    [{ tenant: 'a b' }, 'tenant'],
    [{ gateway: 'mqtt://127.0.0.1' }, 'gateway'],
    [{ gateway: 'https://gateway.example.com/path' }, 'gateway'],
    [{ pollIntervalMs: 1 }, 'pollIntervalMs'],
    [{ timeoutMs: 0.5 }, 'timeoutMs'],
  ])('refuses options that cannot work: %j', (wrong, name) => {
    const options = { ...id, gateway: 'http://127.0.0.1:1', token: 't', ...wrong };
    expect(() => httpTransport(options)).toThrow(expect.objectContaining({ code: 'DEV_OPTION' }));
    expect(() => httpTransport(options)).toThrow(name);
  });
});
