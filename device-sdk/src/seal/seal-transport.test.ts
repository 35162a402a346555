import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyRing, type Opened, open, type SealKey, seal, sealKeyText } from '@usewire/protocol/seal';
import { Code, decodeMessage, encodeMessage, Kind, type Message } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloseReason, TransportEvents, TransportPort } from '../core/index.ts';
import { type Seals, sealed } from './index.ts';

const id = { tenant: 'acme', device: 'bed-1' };
const secret = new Uint8Array(32).fill(7);
const pair = generateKeyPairSync('ed25519');
const keyOf = (level: SealKey['level'], generation = 1, extra: Partial<SealKey> = {}) =>
  sealKeyText({ level, generation, secret, ...extra });

const place = { boot: 7, uptimeMs: 5 };
const will = encodeMessage({ kind: Kind.bye, seq: 3, ...place, reason: 9 });
const hello = encodeMessage({
  kind: Kind.hello,
  seq: 3,
  ...place,
  modelHash: new Uint8Array(8),
  hardware: { hw: 'x', sw: 'y' },
  levels: [0],
});
const data = encodeMessage({
  kind: Kind.data,
  seq: 3,
  ...place,
  modelHash: new Uint8Array(4),
  epoch: 0,
  records: Buffer.from('8184010001a201020201', 'hex'),
});

/** The link below: what it was given, and a way to call back. */
function wire() {
  const sent: { leaf: string; bytes: Uint8Array }[] = [];
  let events: TransportEvents | null = null;
  const state = { wills: [] as Uint8Array[], opens: 0, closes: 0 };
  const transport: TransportPort = {
    open(bytes, given) {
      state.opens += 1;
      state.wills.push(bytes);
      events = given;
      given.onOpen();
    },
    send(tag, leaf, bytes) {
      if (events === null) return false;
      sent.push({ leaf, bytes });
      events.onAck(tag);
      return true;
    },
    close() {
      state.closes += 1;
      events = null;
    },
  };
  return { transport, sent, state, push: (bytes: Uint8Array) => events?.onMessage(bytes) };
}

/** The core above. */
function above() {
  const seen = { opens: 0, closes: [] as CloseReason[], acks: [] as number[], messages: [] as Uint8Array[] };
  const events: TransportEvents = {
    onOpen: () => {
      seen.opens += 1;
    },
    onClose: (reason) => seen.closes.push(reason),
    onAck: (tag) => seen.acks.push(tag),
    onMessage: (bytes) => seen.messages.push(bytes),
  };
  return { seen, events };
}

const gatewayKeys = (generation = 1) =>
  keyRing(generation, [{ generation, secret, publicKey: createPublicKey(pair.privateKey) }]);

function openUp(frame: Uint8Array, generation = 1): Opened {
  const result = open(frame, { ...id, direction: 'up', keys: gatewayKeys(generation) });
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

function down(message: Message, options: { level?: 1 | 2; counter?: bigint; generation?: number } = {}) {
  const { level = 1, counter = 9n, generation = 1 } = options;
  const keys = gatewayKeys(generation);
  return seal(level, encodeMessage(message), { ...id, direction: 'dn', keys, counter });
}

function connected(key: string | (() => string), log: string[] = []) {
  const link = wire();
  const { seen, events } = above();
  const seals: Seals = sealed({ key });
  const transport = seals.wrap(link.transport, {
    ...id,
    log: { write: (level, event, detail) => log.push(`${level} ${event} ${detail}`) },
  });
  transport.open(will, events);
  return { link, seen, seals, transport, events };
}

const ack: Message = { kind: Kind.ack, boot: 7, nextSeq: 4 };

describe('what goes up', () => {
  it.each([
    [1, keyOf(1), [1, 1, 1]],
    [2, keyOf(2), [1, 1, 2]],
    [3, keyOf(3, 1, { privateKey: pair.privateKey }), [3, 3, 3]],
  ] as const)('is sealed in S%d: will, hello, and data', (_, key, levels) => {
    const { link, seen, transport, seals } = connected(key);
    expect([transport.send(1, 'st', hello), transport.send(2, 'up', data)]).toEqual([true, true]);
    const frames = [link.state.wills[0]!, ...link.sent.map((each) => each.bytes)].map((one) => openUp(one));
    expect(frames.map((frame) => frame.level)).toEqual(levels);
    expect(frames.map((frame) => frame.kind)).toEqual([Kind.bye, Kind.hello, Kind.data]);
    expect(new Uint8Array(frames[2]!.payload)).toEqual(data);
    expect(seen.acks).toEqual([1, 2]);
    expect(seals.status()).toMatchObject({ generation: 1, sealed: 2, opened: 0, refused: {} });
  });

  it('tells in its hello how it is sealed', () => {
    const { link, transport } = connected(keyOf(2));
    transport.send(1, 'st', hello);
    const decoded = decodeMessage(openUp(link.sent[0]!.bytes).payload);
    expect(decoded).toMatchObject({ ok: true, value: { levels: [2], hardware: { hw: 'x', sw: 'y' } } });
  });

  it('is the same bytes when a message is sent again: no nonce has two texts', () => {
    const { link, transport } = connected(keyOf(2));
    transport.send(1, 'up', data);
    transport.send(2, 'up', data);
    expect(link.sent[0]!.bytes).toEqual(link.sent[1]!.bytes);
  });

  it('goes with the new key from the next connection on, and with the old one until then', () => {
    let key = keyOf(2, 1);
    const { link, transport, events, seals } = connected(() => key);
    key = keyOf(2, 2);
    transport.send(1, 'up', data);
    expect(openUp(link.sent[0]!.bytes, 1).keyGeneration).toBe(1);
    transport.close();
    transport.open(will, events);
    transport.send(2, 'up', data);
    expect(openUp(link.sent[1]!.bytes, 2).keyGeneration).toBe(2);
    expect(seals.status().generation).toBe(2);
  });

  it('is not taken before the link is open', () => {
    const link = wire();
    const transport = sealed({ key: keyOf(1) }).wrap(link.transport, id);
    expect(transport.send(1, 'up', data)).toBe(false);
    expect(link.sent).toEqual([]);
  });
});

describe('what comes down', () => {
  it('is opened, in S1 and S2', () => {
    const { link, seen, seals } = connected(keyOf(2));
    link.push(down(ack));
    link.push(down(ack, { level: 2, counter: 2n ** 50n }));
    expect(seen.messages.map((bytes) => new Uint8Array(bytes))).toEqual([
      encodeMessage(ack),
      encodeMessage(ack),
    ]);
    expect(seals.status()).toMatchObject({ opened: 2, refused: {} });
  });

  const flipped = (frame: Uint8Array) => frame.map((byte, i) => (i === frame.length - 1 ? byte ^ 1 : byte));
  const other = { ...id, device: 'bed-2' };
  it.each([
    ['without a seal', encodeMessage(ack), 'authRequired'],
    ['with a bit turned', flipped(down(ack)), 'notAuthorised'],
    [
      'of the device itself, sent back',
      seal(1, will, { ...id, direction: 'up', keys: gatewayKeys() }),
      'notAuthorised',
    ],
    [
      'for another device',
      seal(1, encodeMessage(ack), { ...other, direction: 'dn', keys: gatewayKeys() }),
      'notAuthorised',
    ],
    ['under a key that it does not have', down(ack, { generation: 2 }), 'notAuthorised'],
    ['cut short', down(ack).subarray(0, 9), 'malformed'],
    ['that is no frame', Uint8Array.of(1, 2, 3), 'malformed'],
  ])('is refused %s, counted, and told once', (_, frame, reason) => {
    const log: string[] = [];
    const { link, seen, seals } = connected(keyOf(1), log);
    link.push(frame);
    link.push(frame);
    expect(seen.messages).toEqual([]);
    expect(seals.status().refused).toEqual({ [reason]: 2 });
    expect(log).toEqual([expect.stringMatching(`^warn seal.refused ${reason}: `)]);
  });

  it('is refused when its counter has come before, on a later connection too', () => {
    const { link, seen, seals, transport, events } = connected(keyOf(2));
    const frame = down(ack, { level: 2, counter: 1_000_000n });
    link.push(frame);
    link.push(frame);
    transport.close();
    transport.open(will, events);
    link.push(frame);
    link.push(down(ack, { level: 2, counter: 999_000n }));
    expect(seen.messages).toHaveLength(1);
    expect(seals.status().refused).toEqual({ replayed: 3 });
  });

  it('ends the link when the key is over, and leaves the message to the next connection', () => {
    const { link, seen } = connected(keyOf(1));
    link.push(down({ kind: Kind.nack, code: Code.keyExpired, seq: 3, boot: 7 }));
    expect(seen.messages).toEqual([]);
    expect(link.state.closes).toBe(1);
    expect(seen.closes).toEqual([
      { kind: 'refused', detail: expect.stringMatching(/keyExpired.*rotate-seal-key/) },
    ]);
  });

  it('leaves other refusals to the core', () => {
    const { link, seen } = connected(keyOf(1));
    link.push(down({ kind: Kind.nack, code: Code.authRequired }));
    expect(seen.messages).toHaveLength(1);
    expect(seen.closes).toEqual([]);
  });
});

describe('the key', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-seal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['is given neither as text nor as file', {}, /one of key and keyFile/],
    ['is given twice', { key: keyOf(1), keyFile: 'x' }, /one of key and keyFile/],
    ['is no key', { key: 'secret' }, /holds no seal key/],
    ['is a file that is not there', { keyFile: '/nowhere/seal.key' }, /cannot be read: ENOENT/],
    ['of S3 has no private key', { key: keyOf(3) }, /give privateKey/],
  ])('that %s is told at the start', (_, options, problem) => {
    const { transport } = wire();
    const wrap = () => sealed(options).wrap(transport, id);
    expect(wrap).toThrow(expect.objectContaining({ code: 'DEV_OPTION' }));
    expect(wrap).toThrow(problem);
  });

  it('never stands in a problem', () => {
    expect(() => sealed({ key: `${keyOf(1)}!` }).wrap(wire().transport, id)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(keyOf(1).slice(-20)) }),
    );
  });

  it('of S3 may come from elsewhere', () => {
    const link = wire();
    const transport = sealed({ key: keyOf(3), privateKey: pair.privateKey }).wrap(link.transport, id);
    transport.open(will, above().events);
    expect(openUp(link.state.wills[0]!).level).toBe(3);
  });

  it('that is gone later ends the attempt as refused, and is read again at the next one', async () => {
    const file = join(folder, 'seal.key');
    writeFileSync(file, `${keyOf(1)}\n`);
    const link = wire();
    const { seen, events } = above();
    const transport = sealed({ keyFile: file }).wrap(link.transport, id);
    rmSync(file);
    transport.open(will, events);
    await Promise.resolve();
    expect(seen.closes).toEqual([{ kind: 'refused', detail: expect.stringContaining('cannot be read') }]);
    writeFileSync(file, keyOf(1));
    transport.open(will, events);
    expect(seen.opens).toBe(1);
  });
});
