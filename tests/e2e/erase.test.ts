import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createForwarders,
  createGateway,
  createJsonlSink,
  createSqliteSink,
  type Gateway,
  type GatewayContext,
  recordingSink,
} from '@usewire/gateway';
import { Code, decodeMessage, encodeMessage, fromHex, Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diaryBytes, diaryData, diaryTable, findBytes } from '../support/diary.ts';
import { eventually } from '../support/gateway-kit.ts';
import {
  connectPacket,
  publishPacket,
  type RawClient,
  rawClient,
  subscribePacket,
} from '../support/raw-mqtt.ts';
import { usageRows } from '../support/usewire-cli.ts';

const BED = { tenant: 'acme', device: 'bed-1' };
const UP = 'pou/1/acme/bed-1/up';
const HOUR = 3_600_000;
const YESTERDAY = Date.now() - 24 * HOUR;
const REQUEST = '000102030405060708090a0b0c0d0e0f';

let folder = '';
let data = '';
let gateway: Gateway;
let context: GatewayContext;
let bed: RawClient;
let packetId = 0;

/** `others`: sinks beside the two that keep files. */
async function start(others = [recordingSink('told')]): Promise<void> {
  const sinks = [
    createSqliteSink({ name: 'usage', file: join(data, 'usage.db') }),
    createJsonlSink({ name: 'lines', directory: join(data, 'jsonl'), rotateBytes: 400 }),
    ...others,
  ];
  const forwarders = createForwarders({
    sinks: Object.fromEntries(
      sinks.map(({ name }) => [
        name,
        {
          batch: { maxRecords: 2, maxBytes: 65_536, maxAgeMs: 0 },
          retry: { baseMs: 1, maxMs: 20, breakerAfter: 1_000, probeEveryMs: 20 },
        },
      ]),
    ),
  });
  gateway = createGateway(
    { models: [diaryBytes], spool: { directory: data }, mqtt: { port: 0 } },
    {
      sinks,
      parts: [
        forwarders.part,
        (given) => {
          context = given;
          return { start: async () => undefined, stop: async () => {} };
        },
      ],
    },
  );
  const { mqttPort } = await gateway.start();
  bed = rawClient(mqttPort);
  bed.send(connectPacket('acme.bed-1'), subscribePacket(900, 'pou/1/acme/bed-1/dn'));
  await eventually(() => bed.packets.some((p) => p.header === 0x90), 'SUBACK');
  await send(hello(0));
}

function hello(seq: number): Buffer {
  const modelHash = diaryTable.hash.subarray(0, 8);
  return Buffer.from(encodeMessage({ kind: Kind.hello, seq, boot: 1, uptimeMs: 1_000, modelHash }));
}

async function send(...payloads: Buffer[]): Promise<void> {
  for (const payload of payloads) {
    packetId += 1;
    const id = packetId;
    bed.send(publishPacket(UP, payload, id));
    await eventually(() => bed.pubacks().includes(id), 'PUBACK');
  }
}

/** Messages of the gateway to the bed. */
function told() {
  return bed.packets
    .filter((p) => p.header >> 4 === 3)
    .map((p) => {
      const topicLength = p.body.readUInt16BE(0);
      const decoded = decodeMessage(p.body.subarray(2 + topicLength + ((p.header & 6) === 0 ? 0 : 2)));
      if (!decoded.ok) throw new Error(decoded.error.detail);
      return decoded.value;
    });
}

const delivered = () =>
  eventually(
    () => context.sinks.every(({ name }) => context.store.cursor(name) === context.store.lastPosition()),
    'every sink has everything',
  );
const done = (id: string) =>
  eventually(() => context.erasures.find(id)?.step === 'done' && context.erasures.find(id), 'done', 20_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usewire-erase-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  bed.end();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('erasure', () => {
  it('leaves nothing of a person in any file, and everything of the other', async () => {
    await start();
    writeFileSync(join(data, 'spool.db.damaged-2026-11-27T08-00-00-000Z'), 'SECRET-left of a rescue');
    for (let seq = 0; seq < 40; seq += 1) {
      const [subject, words] = seq % 2 === 0 ? [1, 'SECRET-left'] : [2, 'KEPT-right'];
      await send(
        diaryData(seq, { subject, atMs: YESTERDAY, lines: [`${words}-${seq}a`, `${words}-${seq}b`] }),
      );
    }
    await send(Buffer.from('broken SECRET-left bytes'));
    await delivered();
    expect(findBytes(data, 'SECRET-left').length).toBeGreaterThan(2);
    const asked = await context.erasures.ask({ ...BED, subject: 1, by: 'test' });
    const erasure = await done(asked.id);
    expect(findBytes(data, 'SECRET-left')).toEqual([]);
    expect(erasure.receipts.map(({ place, records, isErased }) => [place, records, isErased]).sort()).toEqual(
      [
        ['gateway', 40, true],
        ['lines', 40, true],
        ['told', null, false],
        ['usage', 40, true],
      ],
    );
    expect(usageRows(data, 'SELECT DISTINCT subject FROM records')).toEqual([{ subject: 'right' }]);
    expect(usageRows(data, 'SELECT count(*) AS count FROM records')).toEqual([{ count: 40 }]);
    for (const place of ['spool.db', 'usage.db'])
      expect(findBytes(data, 'KEPT-right').join()).toContain(place);
    await eventually(() => context.store.audit().length === 2, 'both lines of the audit');
    expect(context.store.audit()).toMatchObject([
      { what: 'erase.done', by: 'gateway' },
      { what: 'erase.asked', by: 'test' },
    ]);
  });

  it('takes a range out of the middle of a message, and the rest of it still goes to every sink', async () => {
    const slow = recordingSink('told');
    let isDown = true;
    const { deliver } = slow;
    slow.deliver = async (batch, signal) =>
      isDown ? { kind: 'retry', reason: 'down' } : deliver(batch, signal);
    await start([slow]);
    const lines = ['SECRET-before', 'SECRET-in', 'SECRET-in too', 'SECRET-after'];
    await send(diaryData(0, { subject: 1, atMs: YESTERDAY, lines }));
    const asked = await context.erasures.ask({
      ...BED,
      subject: null,
      fromMs: YESTERDAY + 1_000,
      toMs: YESTERDAY + 2_999,
      by: 'test',
    });
    await done(asked.id);
    expect(findBytes(data, 'SECRET-in')).toEqual([]);
    isDown = false;
    await delivered();
    expect([...slow.stored.values()].map(({ index, attributes }) => [index, attributes.words])).toEqual([
      [0, 'SECRET-before'],
      [3, 'SECRET-after'],
    ]);
    expect(usageRows(data, 'SELECT idx, words FROM test_diary_wrote ORDER BY idx')).toEqual([
      { idx: 0, words: 'SECRET-before' },
      { idx: 3, words: 'SECRET-after' },
    ]);
  });

  it('refuses late data of what was erased, keeps none of it, and takes what came after', async () => {
    await start();
    await send(diaryData(0, { subject: 1, atMs: YESTERDAY, lines: ['SECRET'] }));
    const { id } = await context.erasures.ask({ ...BED, subject: 1, by: 'test' });
    await done(id);
    await send(diaryData(0, { subject: 1, atMs: YESTERDAY, lines: ['SECRET'] }));
    await send(diaryData(1, { subject: 1, atMs: YESTERDAY, lines: ['SECRET late'] }));
    await send(diaryData(2, { subject: 2, atMs: YESTERDAY, lines: ['right'] }));
    await send(diaryData(3, { subject: 1, atMs: Date.now() + 500, lines: ['anew'] }));
    await delivered();
    const nacks = await eventually(() => {
      const found = told().filter(({ kind }) => kind === Kind.nack);
      return found.length > 0 && found;
    }, 'a nack');
    expect(nacks).toMatchObject([{ code: Code.subjectErased, seq: 1 }]);
    expect(findBytes(data, 'SECRET')).toEqual([]);
    expect(usageRows(data, 'SELECT seq FROM records ORDER BY seq')).toEqual([{ seq: 2 }, { seq: 3 }]);
    expect(gateway.view.counters()).toMatchObject({ duplicates: 1, discarded: { subjectErased: 1 } });
    expect(gateway.view.gaps(BED)).toEqual([]);
  });

  it('is asked for on the device, which hears when it is done, and again at hello until it says so', async () => {
    await start();
    await send(diaryData(0, { subject: 1, atMs: YESTERDAY, lines: ['SECRET'] }));
    await delivered();
    const head = { boot: 1, uptimeMs: 70_000 };
    const requestId = fromHex(REQUEST)!;
    await send(Buffer.from(encodeMessage({ kind: Kind.eraseReq, seq: 1, ...head, requestId, subject: 1 })));
    await done(REQUEST);
    const receipts = () => told().filter(({ kind }) => kind === Kind.eraseReceipt);
    await eventually(() => receipts().length === 1, 'the receipt');
    expect(receipts()[0]).toMatchObject({ count: 3, state: { 1: 'gateway: 1 records erased' } });
    expect(told().filter(({ kind }) => kind === Kind.erase)).toEqual([]);
    await send(hello(2));
    await eventually(() => receipts().length === 2, 'the receipt again');
    await send(Buffer.from(encodeMessage({ kind: Kind.eraseAck, seq: 2, ...head, requestId, count: 5 })));
    await send(hello(3));
    expect(receipts()).toHaveLength(2);
    expect(context.erasures.find(REQUEST)?.told).toEqual({ erase: 'none', receipt: 'acked', records: 5 });
  });

  it('tells a device whose data a person has erased elsewhere', async () => {
    await start();
    const { id } = await context.erasures.ask({ ...BED, subject: null, by: 'test' });
    const erases = () => told().filter(({ kind }) => kind === Kind.erase);
    await eventually(() => erases().length === 1, 'the erase');
    expect(erases()[0]).toMatchObject({ kind: Kind.erase });
    expect(erases()[0]).not.toHaveProperty('subject');
    const requestId = fromHex(id)!;
    await send(
      Buffer.from(encodeMessage({ kind: Kind.eraseAck, seq: 0, boot: 1, uptimeMs: 1, requestId, count: 12 })),
    );
    await done(id);
    expect(context.erasures.find(id)?.told).toMatchObject({ erase: 'acked', records: 12 });
  });
});
