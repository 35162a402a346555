import { topicFor } from '@usewire/protocol/wire';
import { closed, refusedConnect } from './answers.ts';
import type { Answer, Culprit, Misbehaviour, Step } from './misbehaviour.ts';
import { bytes, connect, join, number16, packet, publish, subscribe, text } from './mqtt-bytes.ts';

function socketCase(
  id: string,
  title: string,
  answer: Answer,
  steps: (self: Culprit, name: string) => Step[],
): Misbehaviour {
  const named = (self: Culprit) => steps(self, `${self.tenant}.${self.device}`);
  return { id: `mqtt-${id}`, family: 'mqtt', title, begins: 'socket', steps: named, answer };
}

const up = ({ tenant, device }: { tenant: string; device: string }): string => topicFor(tenant, device, 'up');
const will = (topic: string) => ({ topic, payload: bytes(0xa0) });
const NO_CONNECT = 'before CONNACK';
const BAD_NAME = 'a client id is `<tenant>.<device>` (POU-TOPIC-2)';
const OWN_STATUS = 'a will goes to the own `st` only';

/** What a socket must not begin with. */
export const beforeConnectCases: readonly Misbehaviour[] = [
  socketCase('publish-first', 'PUBLISH instead of CONNECT', closed(NO_CONNECT), (self) => [
    publish(up(self), bytes(1), 1),
  ]),
  socketCase('subscribe-first', 'SUBSCRIBE instead of CONNECT', closed(NO_CONNECT), () => [
    subscribe(1, '#'),
  ]),
  socketCase('ping-first', 'PINGREQ instead of CONNECT', closed(NO_CONNECT), () => [packet(0xc0)]),
  socketCase('disconnect-first', 'DISCONNECT instead of CONNECT', closed(NO_CONNECT), () => [packet(0xe0)]),
  socketCase('http', 'an HTTP request', closed(NO_CONNECT), () => [
    Buffer.from(`GET / HTTP/1.1\r\nhost: gateway\r\nuser-agent: ${'x'.repeat(80)}\r\n\r\n`),
  ]),
  socketCase('tls-hello', 'a TLS ClientHello on the plain port', closed(NO_CONNECT), () => [
    bytes(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3),
  ]),
  socketCase('remaining-length', 'a remaining length of five bytes', closed(NO_CONNECT), () => [
    bytes(0x10, 0xff, 0xff, 0xff, 0xff, 1),
  ]),
  socketCase(
    'huge-connect',
    'a CONNECT that declares 256 MiB',
    closed('on its header, nothing is kept'),
    () => [bytes(0x10, 0xff, 0xff, 0xff, 0x7f)],
  ),
  socketCase('long-connect', 'a CONNECT above 4 KiB', closed('on its header'), (_, name) => [
    connect(name, { password: 'x'.repeat(4200) }),
  ]),
  socketCase('connect-flags', 'CONNECT with the reserved flag set', closed(NO_CONNECT), (_, name) => [
    connect(name, { flags: 0x83 }),
  ]),
  socketCase('connect-header', 'CONNECT with bits in its first byte', closed(NO_CONNECT), (_, name) => {
    const right = connect(name);
    return [join([bytes(0x13), right.subarray(1)])];
  }),
  socketCase('protocol-name', 'another protocol name', closed(NO_CONNECT), (_, name) => [
    connect(name, { protocol: 'MQTX' }),
  ]),
  socketCase('level-5', 'MQTT 5', refusedConnect(1, 'wrong protocol level'), (_, name) => [
    packet(0x10, text('MQTT'), bytes(5, 0x82), number16(60), bytes(0), text(name), text(name)),
  ]),
  socketCase('level-9', 'a protocol level that does not exist', closed(NO_CONNECT), (_, name) => [
    connect(name, { level: 9 }),
  ]),
  socketCase('bridge-bit', 'the bridge bit in the protocol level', refusedConnect(4), (_, name) => [
    connect(name, { level: 0x84 }),
  ]),
  socketCase('cut-connect', 'CONNECT that ends inside its client id', closed(NO_CONNECT), () => [
    packet(0x10, text('MQTT'), bytes(4, 2), number16(60), bytes(0, 20, 0x74)),
  ]),
  socketCase('will-qos-3', 'a will of QoS 3', closed(NO_CONNECT), (self, name) => [
    connect(name, { flags: 0x9e, will: will(topicFor(self.tenant, self.device, 'st')) }),
  ]),
  socketCase('will-flags', 'QoS of a will, but no will', closed(NO_CONNECT), (_, name) => [
    connect(name, { flags: 0x8a }),
  ]),
  socketCase('no-client-id', 'an empty client id', refusedConnect(4, BAD_NAME), () => [connect('')]),
  socketCase('client-id-form', 'a client id without a tenant', refusedConnect(4, BAD_NAME), () => [
    connect('bed'),
  ]),
  socketCase('client-id-path', 'a client id that climbs', refusedConnect(4, BAD_NAME), () => [
    connect('../etc.passwd/x'),
  ]),
  socketCase('client-id-utf8', 'a client id that is not UTF-8', refusedConnect(4, BAD_NAME), () => [
    packet(0x10, text('MQTT'), bytes(4, 2), number16(60), number16(3), bytes(0x74, 0x2e, 0xff)),
  ]),
  socketCase('user-of-another', 'the user name of another device', refusedConnect(4), ({ victim }, name) => [
    connect(name, { userName: `${victim.tenant}.${victim.device}` }),
  ]),
  socketCase('will-of-another', "a will on another's status", refusedConnect(5, OWN_STATUS), (self, name) => [
    connect(name, { ...token(self), will: will(topicFor(self.victim.tenant, self.victim.device, 'st')) }),
  ]),
  socketCase('will-sys', 'a will on `$SYS`', refusedConnect(5, OWN_STATUS), (self, name) => [
    connect(name, { ...token(self), will: will('$SYS/x') }),
  ]),
  socketCase('will-wildcard', 'a will on a wildcard', refusedConnect(5, OWN_STATUS), (self, name) => [
    connect(name, { ...token(self), will: will('pou/1/#') }),
  ]),
  socketCase('will-data', 'a will among its own telemetry', refusedConnect(5, OWN_STATUS), (self, name) => [
    connect(name, { ...token(self), will: will(up(self)) }),
  ]),
  socketCase('will-garbage', 'a will that is no message, executed by a reset', willKept(), (self, name) => [
    connect(name, { ...token(self), will: will(topicFor(self.tenant, self.device, 'st')) }),
    'accepted',
    'reset',
  ]),
  socketCase('silent', 'a connection that says nothing', closed('after the connect timeout'), () => []),
  socketCase(
    'slow-connect',
    'half a CONNECT, then nothing',
    closed('after the connect timeout'),
    (_, name) => [connect(name).subarray(0, 9)],
  ),
  socketCase('no-ping', 'a keep-alive of 1 s that is not kept', keepAlive(), (self, name) => [
    connect(name, { ...token(self), keepAliveS: 1 }),
  ]),
  socketCase('password-only', 'a password without a user name', closed('[MQTT-3.1.2-22]'), (_, name) => [
    packet(0x10, text('MQTT'), bytes(4, 0x42), number16(60), text(name), text('secret')),
  ]),
];

function token({ token }: Culprit): { password?: string } {
  return token === undefined ? {} : { password: token };
}

function willKept(): Answer {
  return { ...closed('the will is quarantined; nobody is told'), connack: 0, quarantined: ['schema'] };
}

function keepAlive(): Answer {
  return { ...closed('after one and a half times the keep-alive'), connack: 0 };
}
