import { topicFor } from '@usewire/protocol/wire';
import { closed, ids, ignored, refusedSubscribe, stored } from './answers.ts';
import { data, hello } from './cbor-bytes.ts';
import type { Answer, Culprit, Misbehaviour, Step } from './misbehaviour.ts';
import { bytes, connect, join, number16, packet, publish, subscribe, text } from './mqtt-bytes.ts';

function sessionCase(
  id: string,
  title: string,
  answer: Answer,
  steps: (self: Culprit, up: string) => Step[],
): Misbehaviour {
  const own = (self: Culprit) => steps(self, topicFor(self.tenant, self.device, 'up'));
  return { id: `mqtt-${id}`, family: 'mqtt', title, begins: 'session', steps: own, answer };
}

/** A right message on the topic of a case: only the topic is wrong. */
function on(topic: (self: Culprit) => string) {
  return (self: Culprit) => [publish(topic(self), data(self), 1)];
}

const NOT_OWN = 'not acknowledged, not stored';

/** What a device must not do once it is in. */
export const sessionCases: readonly Misbehaviour[] = [
  sessionCase('second-connect', 'a second CONNECT', closed(), (self) => [
    connect(`${self.tenant}.${self.device}`),
  ]),
  sessionCase('packet-id-0', 'PUBLISH with the packet id 0', closed(), (self, up) => [
    publish(up, data(self), 0),
  ]),
  sessionCase('no-packet-id', 'PUBLISH that ends before its packet id', closed(), (_, up) => [
    packet(0x32, text(up)),
  ]),
  sessionCase('qos-3', 'PUBLISH of QoS 3', closed(), (self, up) => [publish(up, data(self), 1, 0x36)]),
  sessionCase('type-0', 'packet type 0', closed(), () => [packet(0x00)]),
  sessionCase('type-15', 'packet type 15', closed(), () => [packet(0xf0)]),
  sessionCase('server-packet', 'packets that only a server sends', closed(), () => [
    packet(0x20, bytes(0, 0)),
    packet(0xd0),
  ]),
  sessionCase('long-publish', 'PUBLISH that declares 256 MiB', closed('on its header'), () => [
    bytes(0x32, 0xff, 0xff, 0xff, 0x7f),
  ]),
  sessionCase('endless-length', 'a remaining length of five bytes', closed(), () => [
    bytes(0x32, 0x80, 0x80, 0x80, 0x80, 1),
  ]),
  sessionCase('topic-beyond', 'a topic longer than its packet', closed(), () => [
    packet(0x32, number16(500), bytes(0x70)),
  ]),
  sessionCase(
    'empty-topic',
    'PUBLISH to an empty topic',
    closed(),
    on(() => ''),
  ),
  sessionCase(
    'wildcard-plus',
    'PUBLISH to a topic with +',
    closed(),
    on(({ tenant }) => `pou/1/${tenant}/+/up`),
  ),
  sessionCase(
    'wildcard-hash',
    'PUBLISH to #',
    closed(),
    on(() => '#'),
  ),
  sessionCase(
    'topic-nul',
    'PUBLISH to a topic with U+0000',
    closed(),
    on((self) => `${upOf(self)}\0`),
  ),
  sessionCase(
    'topic-deep',
    'a level behind the own topic',
    closed(NOT_OWN),
    on((self) => `${upOf(self)}/x`),
  ),
  sessionCase(
    'topic-case',
    'the own topic in capitals',
    closed(NOT_OWN),
    on((self) => upOf(self).toUpperCase()),
  ),
  sessionCase(
    'other-device',
    'PUBLISH as another device',
    closed(NOT_OWN),
    on(({ victim }) => upOf(victim)),
  ),
  sessionCase(
    'other-status',
    "PUBLISH to another's status",
    closed(NOT_OWN),
    on(({ victim }) => topicFor(victim.tenant, victim.device, 'st')),
  ),
  sessionCase(
    'other-tenant',
    'PUBLISH to another tenant',
    closed(NOT_OWN),
    on(({ device }) => topicFor('elsewhere', device, 'up')),
  ),
  sessionCase(
    'other-command',
    "a command on another's `dn`",
    closed(NOT_OWN),
    on(({ victim }) => topicFor(victim.tenant, victim.device, 'dn')),
  ),
  sessionCase(
    'own-command',
    'PUBLISH to its own `dn`',
    closed(NOT_OWN),
    on(({ tenant, device }) => topicFor(tenant, device, 'dn')),
  ),
  sessionCase(
    'sys',
    'PUBLISH to `$SYS`',
    closed(NOT_OWN),
    on(() => '$SYS/broker/x'),
  ),
  sessionCase('subscribe-all', 'SUBSCRIBE to #', refusedSubscribe(), () => [subscribe(1, '#')]),
  sessionCase('subscribe-plus', 'SUBSCRIBE to all commands', refusedSubscribe(), ({ tenant }) => [
    subscribe(1, `pou/1/${tenant}/+/dn`),
  ]),
  sessionCase('subscribe-other', "SUBSCRIBE to another's commands", refusedSubscribe(), ({ victim }) => [
    subscribe(1, topicFor(victim.tenant, victim.device, 'dn')),
  ]),
  sessionCase('subscribe-telemetry', "SUBSCRIBE to another's telemetry", refusedSubscribe(), ({ victim }) => [
    subscribe(1, upOf(victim)),
  ]),
  sessionCase('subscribe-sys', 'SUBSCRIBE to `$SYS/#`', refusedSubscribe(), () => [subscribe(1, '$SYS/#')]),
  sessionCase('subscribe-share', 'a shared subscription', refusedSubscribe(), () => [
    subscribe(1, '$share/g/pou/1/#'),
  ]),
  sessionCase('subscribe-header', 'SUBSCRIBE with wrong bits in its first byte', closed(), () => [
    packet(0x80, number16(1), text('#'), bytes(0)),
  ]),
  sessionCase('subscribe-qos-3', 'SUBSCRIBE with QoS 3', closed(), () => [subscribe(1, '#', 3)]),
  sessionCase('subscribe-nothing', 'SUBSCRIBE without a filter', closed(), () => [packet(0x82, number16(1))]),
  sessionCase('unsubscribe-other', "UNSUBSCRIBE from another's commands", ignored(), ({ victim }) => [
    packet(0xa2, number16(1), text(topicFor(victim.tenant, victim.device, 'dn'))),
  ]),
  sessionCase('stray-puback', 'PUBACK of what was never sent', ignored(), () => [packet(0x40, number16(77))]),
  sessionCase('stray-pubrel', 'PUBREL of what was never sent', ignored('answered with PUBCOMP'), () => [
    packet(0x62, number16(77)),
  ]),
  sessionCase(
    'qos-0',
    'telemetry of QoS 0',
    { ...ignored('no promise, no answer'), stored: 1 },
    (self, up) => [publish(up, data(self), 1, 0x30)],
  ),
  sessionCase('retained-data', 'telemetry with the retain flag', stored(1, 'not retained'), (self, up) => [
    publish(up, data(self), 1, 0x33),
  ]),
  sessionCase('dup-first', 'the DUP flag on what was never sent before', stored(1), (self, up) => [
    publish(up, data(self), 1, 0x3a),
  ]),
  sessionCase('same-id-in-flight', 'two messages in flight with one packet id', twice(), (self, up) => [
    join([publish(up, data(self), 1), publish(up, data(self, { seq: '01 01' }), 1)]),
  ]),
  sessionCase('one-byte-writes', 'a PUBLISH byte by byte', stored(1), (self, up) =>
    [...publish(up, data(self), 1)].map((byte) => bytes(byte)),
  ),
  sessionCase('reset-inside', 'a reset inside a PUBLISH', closed('nothing of it is stored'), (self, up) => [
    publish(up, data(self), 1).subarray(0, -5),
    'reset',
  ]),
  sessionCase(
    'qos-2-hoard',
    '2,000 messages of QoS 2 never released',
    closed('bounded in flight'),
    (self, up) => ids(2000).map((id) => publish(up, hello(self), id, 0x34)),
  ),
];

function upOf({ tenant, device }: { tenant: string; device: string }): string {
  return topicFor(tenant, device, 'up');
}

function twice(): Answer {
  return { ...stored(2, 'each in its turn'), acked: [1, 1] };
}
