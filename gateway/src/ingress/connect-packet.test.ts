import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { readConnect } from './connect-packet.ts';

function connect(options: object): Buffer {
  const packet = {
    cmd: 'connect',
    clean: true,
    protocolId: 'MQTT',
    protocolVersion: 4,
    keepalive: 77,
    ...options,
  };
  const bytes = mqttPacket.generate(packet as mqttPacket.IConnectPacket);
  // One length byte in these.
  return bytes.subarray(2);
}

describe('readConnect', () => {
  it('reads client id and keep-alive where another encoder wrote them', () => {
    const body = connect({ clientId: 't.lamp', username: 't.lamp', password: Buffer.from('x') });
    const head = readConnect(body);
    expect(head).toMatchObject({ clientId: 't.lamp', keepAliveS: 77 });
    expect(body.readUInt16BE(head!.keepAliveAt)).toBe(77);
  });

  it('reads MQTT 3.1 too', () => {
    const body = connect({ protocolId: 'MQIsdp', protocolVersion: 3, clientId: 't.lamp' });
    expect(readConnect(body)).toMatchObject({ clientId: 't.lamp', keepAliveS: 77 });
  });

  it('knows nothing of MQTT 5', () => {
    expect(readConnect(connect({ protocolVersion: 5, clientId: 't.lamp' }))).toBeNull();
  });

  it('tells a will of QoS 3 and a password without a user name, which the broker would take', () => {
    const body = connect({ clientId: 't.lamp', username: 't.lamp', password: Buffer.from('x') });
    expect(readConnect(body)).toMatchObject({ flagsOk: true });
    for (const flags of [0x1e, 0x9e, 0x42]) {
      body[7] = flags;
      expect(readConnect(body)).toMatchObject({ flagsOk: false });
    }
  });

  it('reads no byte beyond a packet that is cut anywhere', () => {
    const body = connect({ clientId: 't.lamp' });
    for (let end = 0; end < body.length; end += 1) expect(readConnect(body.subarray(0, end))).toBeNull();
    expect(readConnect(body)).not.toBeNull();
  });
});
