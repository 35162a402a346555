import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SealKey, seal } from '@usewire/protocol/seal';
import { Code, encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, lampData, lampHello, type TestGateway } from '../support/gateway-kit.ts';
import {
  contextOf,
  keyOf,
  type RawDevice,
  rawDevice,
  sealedUp,
  startSealGateway,
  withSeals,
} from '../support/seal-kit.ts';

/** What becomes of a frame. Every attack has one of these answers, and docs/seals.md says which. */
type Answer =
  /** Stored, or taken as a word of the device. */
  | 'taken'
  /** Acknowledged again, stored once. */
  | 'repeated'
  /** No acknowledgement, the connection ends, nothing is said. */
  | 'closed'
  /** No acknowledgement, the device is told the code, the connection ends. */
  | `told ${keyof typeof Code}`
  /** Acknowledged, kept aside with its code, told to the device. */
  | `aside ${keyof typeof Code}`;

interface World {
  key: SealKey;
  other: SealKey;
  id: { tenant: string; device: string };
  otherId: { tenant: string; device: string };
}

interface Attack {
  name: string;
  level: 1 | 2 | 3;
  frame(world: World): Uint8Array;
  leaf?: 'st';
  answer: Answer;
  /** Where it is another one on a connection that has not proven its key yet. */
  asFirstWord?: Answer;
  /** Label of `usewire_gateway_refused_total`. */
  counted?: string;
}

const BOOT = 417;
const data = (seq: number) => lampData(seq, { boot: BOOT });
const hello = (uptimeMs: number, boot = BOOT) => lampHello(1, { boot, uptimeMs });
const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte));
const spliced = (bytes: Uint8Array, from: string, to: string) => {
  const hex = Buffer.from(bytes).toString('hex');
  if (hex.split(from).length < 2) throw new Error(`${from} is not in ${hex}`);
  return Buffer.from(hex.replace(from, to), 'hex');
};
const tagged = (bytes: Uint8Array, tag: number) => Uint8Array.from([tag, ...bytes.subarray(1)]);
const up = ({ id, key }: World, message: Uint8Array, level = key.level) => sealedUp(id, key, message, level);
const nowhere = { counted: 'seal-not-authorised', answer: 'closed' as const };

const attacks: Attack[] = [
  { name: 'no attack, S1', level: 1, frame: (w) => up(w, data(1)), answer: 'taken' },
  { name: 'no attack, S2', level: 2, frame: (w) => up(w, data(1)), answer: 'taken' },
  { name: 'no attack, S3', level: 3, frame: (w) => up(w, data(1)), answer: 'taken' },
  { name: 'a better seal than is asked for', level: 1, frame: (w) => up(w, data(1), 2), answer: 'taken' },
  { name: 'a bit of the message turned (S1)', level: 1, frame: (w) => flip(up(w, data(1)), 20), ...nowhere },
  {
    name: 'a bit of the ciphertext turned (S2)',
    level: 2,
    frame: (w) => flip(up(w, data(1)), 30),
    ...nowhere,
  },
  { name: 'a bit of the message turned (S3)', level: 3, frame: (w) => flip(up(w, data(1)), 20), ...nowhere },
  {
    name: 'a bit of the MAC turned',
    level: 1,
    frame: (w) => flip(up(w, data(1)), up(w, data(1)).length - 1),
    ...nowhere,
  },
  {
    name: 'a bit of the signature turned',
    level: 3,
    frame: (w) => flip(up(w, data(1)), up(w, data(1)).length - 1),
    ...nowhere,
  },
  {
    name: 'sealed for another tenant',
    level: 1,
    frame: ({ id, key }) => sealedUp({ ...id, tenant: 'evil' }, key, data(1)),
    ...nowhere,
  },
  {
    name: 'sealed for another device, with the key of this one',
    level: 2,
    frame: ({ otherId, key }) => sealedUp(otherId, key, data(1)),
    ...nowhere,
  },
  {
    name: 'the frame of another device, as that sent it',
    level: 1,
    frame: ({ otherId, other }) => sealedUp(otherId, other, data(1)),
    ...nowhere,
  },
  {
    name: 'sealed with the key of another device',
    level: 1,
    frame: ({ id, other }) => sealedUp(id, other, data(1)),
    ...nowhere,
  },
  {
    name: 'sealed for the way down',
    level: 1,
    frame: ({ id, key }) => seal(1, data(1), contextOf(id, key, 'dn')),
    ...nowhere,
  },
  {
    name: 'a frame of the gateway sent back to it (S1)',
    level: 1,
    frame: ({ id, key }) =>
      seal(1, encodeMessage({ kind: Kind.ack, boot: BOOT, nextSeq: 5 }), contextOf(id, key, 'dn')),
    ...nowhere,
  },
  {
    name: 'a frame of the gateway sent back to it (S2)',
    level: 2,
    frame: ({ id, key }) =>
      seal(2, encodeMessage({ kind: Kind.ack, boot: BOOT, nextSeq: 5 }), {
        ...contextOf(id, key, 'dn'),
        counter: 7n,
      }),
    ...nowhere,
  },
  {
    name: 'no seal where the device has a key',
    level: 1,
    frame: () => data(1),
    answer: 'closed',
    asFirstWord: 'told authRequired',
    counted: 'seal-auth-required',
  },
  {
    name: 'a hello without a seal',
    level: 1,
    leaf: 'st',
    frame: () => hello(9_000),
    answer: 'closed',
    asFirstWord: 'told authRequired',
    counted: 'seal-auth-required',
  },
  {
    name: 'a MAC where encryption is asked for',
    level: 2,
    frame: (w) => up(w, data(1), 1),
    answer: 'told authRequired',
    counted: 'seal-auth-required',
  },
  {
    name: 'the seal taken off: the message inside alone',
    level: 3,
    frame: () => data(1),
    answer: 'closed',
    asFirstWord: 'told authRequired',
    counted: 'seal-auth-required',
  },
  {
    name: 'a key generation that nobody knows',
    level: 1,
    frame: ({ id, key }) => sealedUp(id, { ...key, generation: 9 }, data(1)),
    ...nowhere,
  },
  {
    name: 'a generation in two bytes that fits one',
    level: 1,
    frame: (w) => spliced(up(w, data(1)), 'a1044101', 'a104420001'),
    ...nowhere,
  },
  {
    name: 'a guessed key',
    level: 2,
    frame: ({ id, key }) => sealedUp(id, { ...key, secret: new Uint8Array(32) }, data(1)),
    ...nowhere,
  },
  {
    name: 'cut short',
    level: 1,
    frame: (w) => up(w, data(1)).subarray(0, 30),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'a byte behind the end',
    level: 1,
    frame: (w) => Buffer.concat([up(w, data(1)), Buffer.of(0)]),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'the first byte alone',
    level: 1,
    frame: () => Uint8Array.of(0xd1),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'HMAC 256/256 announced over a tag of 8 bytes',
    level: 1,
    frame: (w) => spliced(up(w, data(1)), '43a10104', '43a10105'),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'a signature algorithm in a MAC',
    level: 1,
    frame: (w) => spliced(up(w, data(1)), '43a10104', '43a10126'),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'a MAC that calls itself a signature (tag 18)',
    level: 1,
    frame: (w) => tagged(up(w, data(1)), 0xd2),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'a signature that calls itself a MAC (tag 17)',
    level: 3,
    frame: (w) => tagged(up(w, data(1)), 0xd1),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'ES256 announced over an Ed25519 key',
    level: 3,
    frame: (w) => spliced(up(w, data(1)), '43a10132', '43a10126'),
    ...nowhere,
  },
  {
    name: 'a parameter more in the unprotected header',
    level: 1,
    frame: (w) => spliced(up(w, data(1)), 'a1044101', 'a204410106410a'),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'COSE_Sign of many signers (tag 98)',
    level: 3,
    frame: (w) => Buffer.concat([Buffer.of(0xd8, 98), up(w, data(1)).subarray(1)]),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  {
    name: 'a CWT (RFC 8392) of the right MAC',
    level: 1,
    frame: (w) => Buffer.concat([Buffer.of(0xd8, 61), up(w, data(1))]),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  { name: 'a seal in a seal', level: 1, frame: (w) => up(w, up(w, data(1))), answer: 'aside schema' },
  {
    name: 'a right seal over what is no message',
    level: 1,
    frame: (w) => up(w, Uint8Array.of(0xa1, 0x00)),
    answer: 'aside malformed',
  },
  {
    name: 'a nonce that is not the number of the message',
    level: 2,
    frame: (w) => spliced(up(w, data(1)), '064601a100000001', '064601a100000002'),
    ...nowhere,
  },
  {
    name: 'a nonce padded out',
    level: 2,
    frame: (w) => spliced(up(w, data(1)), '064601a100000001', '06470001a100000001'),
    answer: 'closed',
    counted: 'seal-malformed',
  },
  { name: 'a frame that was stored, again', level: 2, frame: (w) => up(w, data(0)), answer: 'repeated' },
  {
    name: 'the same message under another level',
    level: 1,
    frame: (w) => up(w, data(0), 2),
    answer: 'repeated',
  },
  {
    name: 'an old hello, again',
    level: 1,
    leaf: 'st',
    frame: (w) => up(w, hello(500)),
    answer: 'aside replayed',
  },
  {
    name: 'a hello of an earlier boot',
    level: 1,
    leaf: 'st',
    frame: (w) => up(w, hello(99_000, BOOT - 1)),
    answer: 'aside replayed',
  },
  {
    name: 'an old bye, again',
    level: 3,
    leaf: 'st',
    frame: (w) => up(w, encodeMessage({ kind: Kind.bye, seq: 1, boot: BOOT, uptimeMs: 600, reason: 0 })),
    answer: 'aside replayed',
  },
  { name: 'a hello that is newer', level: 1, leaf: 'st', frame: (w) => up(w, hello(2_000)), answer: 'taken' },
];

describe.each([
  ['taken by the guard', false],
  ['through the broker', true],
])('frames of a device with a seal key, %s', (_, telemetryThroughBroker) => {
  let directory = '';
  let gateway: TestGateway;
  let device: RawDevice | undefined;
  let number = 0;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'usewire-attacks-'));
    gateway = await startSealGateway(directory, { mqtt: { telemetryThroughBroker } });
  });
  afterEach(() => device?.client.end());
  afterAll(() => gateway.stop());

  const counters = () => gateway.gateway.view.counters();

  /** A device that has said hello and stored message 0. */
  async function begun(level: 1 | 2 | 3): Promise<World & { device: RawDevice }> {
    number += 1;
    const id = { tenant: 't', device: `d${number}` };
    const otherId = { tenant: 't', device: `o${number}` };
    const [key, other] = withSeals(directory, (seals) => [
      keyOf(seals.give(id, level)),
      keyOf(seals.give(otherId, level)),
    ]) as [SealKey, SealKey];
    device = rawDevice(gateway.mqttPort, id);
    device.publish(sealedUp(id, key, hello(1_000), level === 2 ? 1 : level), 'st');
    device.publish(sealedUp(id, key, data(0)));
    await eventually(() => device!.client.pubacks().length === 2, 'hello and a message');
    return { key, other, id, otherId, device };
  }

  async function answerTo({ device: attacked, key }: World & { device: RawDevice }, attack: Attack) {
    const before = counters();
    const acks = attacked.client.pubacks().length;
    await eventually(
      () => attacked.client.closed() || attacked.client.pubacks().length > acks,
      'an acknowledgement or the end',
    );
    const heard = () => attacked.heard(key).find((message) => message?.kind === Kind.nack);
    const name = (code: number) => Object.entries(Code).find(([, number]) => number === code)?.[0];
    if (attacked.client.closed()) {
      const nack = heard();
      return nack?.kind === Kind.nack ? `told ${name(nack.code)}` : 'closed';
    }
    if (attack.answer.startsWith('aside')) await eventually(heard, 'the nack');
    const nack = heard();
    if (nack?.kind === Kind.nack) return `aside ${name(nack.code)}`;
    return counters().duplicates > before.duplicates ? 'repeated' : 'taken';
  }

  it.each(attacks)('$name: $answer', async (attack) => {
    const world = await begun(attack.level);
    const before = counters();
    world.device.publish(attack.frame(world), attack.leaf);
    const answer = await answerTo(world, attack);
    expect(answer).toBe(attack.answer);
    const stored = attack.answer === 'taken' && attack.leaf === undefined ? 1 : 0;
    expect(counters().messages - before.messages).toBe(stored);
    if (attack.counted) {
      expect(counters().refused[attack.counted]).toBe((before.refused[attack.counted] ?? 0) + 1);
    }
    const state = gateway.gateway.view.devices().find((row) => row.device === world.id.device)?.state;
    if (!world.device.client.closed()) expect(state).toBe('online');
  });

  it.each(attacks.filter((attack) => attack.asFirstWord))(
    '$name, as the first word of a connection: $asFirstWord, for this may be the device itself',
    async (attack) => {
      const world = await begun(attack.level);
      world.device.client.end();
      device = rawDevice(gateway.mqttPort, world.id);
      device.publish(attack.frame(world), attack.leaf);
      expect(await answerTo({ ...world, device }, attack)).toBe(attack.asFirstWord);
    },
  );
});
