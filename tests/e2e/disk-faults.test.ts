import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeModel, event, modelTable, product } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiskGateway, launchOnDisk } from '../support/failing-disk/disk-gateway.ts';
import { type FailingDisk, failingDisk, whyNoFailingDisk } from '../support/failing-disk/failing-disk.ts';
import { type Action, WRITE_SITES } from '../support/failing-disk/write-sites.ts';
import { eventually, lampData, lampModelMessage } from '../support/gateway-kit.ts';
import { connectPacket, packet, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';
import { DatabaseSync } from '../support/sqlite.ts';
import { isBuilt, until } from '../support/usewire-cli.ts';

const FAULTS = ['ENOSPC', 'EIO', 'EROFS'] as const;
const TABLE = WRITE_SITES.flatMap((site) => FAULTS.map((fault) => [site.name, fault, site] as const));
/** Enough for a log of 2,000 pages to be moved into the file. */
const FLOOD = { messages: 160, bytes: 60_000 };

const missing = whyNoFailingDisk() ?? (isBuilt ? null : 'the command is not built (npm run build)');
const title = 'D2 each place that writes, on a disk that fails';

describe.skipIf(missing !== null)(missing === null ? title : `${title} (skipped: ${missing})`, () => {
  let home = '';
  let dataDir = '';
  let disk: FailingDisk;
  let gateway: DiskGateway;
  let device: RawClient;
  const sent = { data: 0, malformed: 0, models: 0, packets: 0 };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-disk-'));
    dataDir = join(home, 'data');
    disk = failingDisk();
    gateway = await launchOnDisk({ home, dataDir, env: disk.env }).ready();
    device = rawClient(gateway.mqttPort);
    device.send(connectPacket('acme.bed-1', { keepAliveS: 600 }));
    const id = send(lampModelMessage());
    await eventually(() => isAcked(id), 'the model is known');
  }, 60_000);
  afterAll(async () => {
    disk.mend();
    await gateway.stop();
    disk.dispose();
    rmSync(home, { recursive: true, force: true });
  });

  const isAcked = (id: number) => device.pubacks().includes(id);

  function send(payload: Buffer): number {
    sent.packets += 1;
    device.send(publishPacket('pou/1/acme/bed-1/up', payload, sent.packets));
    return sent.packets;
  }

  const acts: Record<Action, () => number> = {
    data: () => send(lampData(sent.data++, { records: 30 })),
    malformed: () => malformed(20),
    model: () => send(freshModel(sent.models++)),
    flood: () => Array.from({ length: FLOOD.messages }, () => malformed(FLOOD.bytes)).pop()!,
  };

  function malformed(bytes: number): number {
    sent.malformed += 1;
    return send(Buffer.alloc(bytes, 'this is no message'));
  }

  /** A round trip: what was going to be answered before it has been. */
  async function ping(): Promise<void> {
    const answers = () => device.packets.filter(({ header }) => header === 0xd0).length;
    const before = answers();
    device.send(packet(0xc0));
    await eventually(() => answers() > before, 'PINGRESP: the connection is served');
  }

  const page = async (path: string, words: RegExp) =>
    until(async () => (words.test((await gateway.page(path)).text) ? true : undefined), `${path} ${words}`);

  const allDelivered = () =>
    until(async () => {
      const { text } = await gateway.page('/metrics');
      const pending = [...text.matchAll(/^usewire_gateway_sink_pending_messages\{.*\} (\d+)/gm)];
      return pending.length === 2 && pending.every(([, count]) => count === '0') ? true : undefined;
    }, 'every sink has everything');

  it.each(TABLE)('%s: %s', async (_, fault, { strikes, action, ack, seen }) => {
    const logged = gateway.log().length;
    disk.arm({ ...strikes, fault });
    const id = acts[action]();
    await eventually(() => disk.hits() > 0, 'the fault has struck');
    if (ack === 'given') await eventually(() => isAcked(id), 'a PUBACK for what is stored');
    if (seen !== null) await page(seen.page, seen.words);
    expect((await gateway.page('/readyz')).status).toBe(ack === 'held' ? 503 : 200);
    await ping();
    expect(isAcked(id)).toBe(ack === 'given');
    disk.mend();
    await eventually(() => isAcked(id), 'a PUBACK once the disk is mended', 20_000);
    await page('/readyz', /"ready":true/);
    await allDelivered();
    expect(device.closed()).toBe(false);
    expect(gateway.isRunning()).toBe(true);
    if (ack === 'given') return;
    const events = gateway.log().slice(logged);
    expect(events.filter(({ event: name }) => name === 'spool.refused')).toHaveLength(1);
    expect(events.at(-1)?.event).toBe('spool.recovered');
  });

  it('has lost nothing, doubled nothing and damaged nothing after all of that', async () => {
    const { text } = await gateway.page('/metrics');
    const counts = [...text.matchAll(/^usewire_gateway_quarantined_total\{.*\} (\d+)/gm)];
    expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(sent.malformed);
    expect((await gateway.stop()).code).toBe(0);
    const all = Array.from({ length: sent.data }, (_, seq) => seq);
    expect(sqliteSeqs(join(dataDir, 'usage.db'))).toEqual(all);
    expect(jsonlSeqs(join(dataDir, 'jsonl'))).toEqual(all);
    for (const name of ['spool.db', 'usage.db']) {
      const db = new DatabaseSync(join(dataDir, name));
      expect({ ...(db.prepare('PRAGMA integrity_check').get() as object) }).toEqual({
        integrity_check: 'ok',
      });
      db.close();
    }
    const lost = gateway.log().filter(({ event: name }) => name === 'log.lost');
    expect(lost.length).toBeGreaterThan(0);
  });
});

/** One that the gateway has not seen. */
function freshModel(n: number): Buffer {
  const made = product(`test.lamp-${n}`, 1, {
    purposes: { service: { basis: 'contract', code: 'service_provision' } },
    points: { switched: event({ id: 1, for: 'service' }) },
  });
  const modelHash = modelTable(made).hash.subarray(0, 8);
  return Buffer.from(encodeMessage({ kind: Kind.model, modelHash, model: encodeModel(made) }));
}

/** Sequence numbers, each with all its records once, or the test fails here. */
function onceEach(records: { seq: number; idx: number }[]): number[] {
  const identities = new Set(records.map(({ seq, idx }) => `${seq}.${idx}`));
  expect(identities.size).toBe(records.length);
  const seqs = [...new Set(records.map(({ seq }) => seq))].sort((a, b) => a - b);
  expect(records).toHaveLength(seqs.length * 30);
  return seqs;
}

function sqliteSeqs(file: string): number[] {
  const db = new DatabaseSync(file);
  const rows = db.prepare('SELECT seq, idx FROM test_lamp_switched_rows').all();
  db.close();
  return onceEach(rows as { seq: number; idx: number }[]);
}

function jsonlSeqs(directory: string): number[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  const lines = names.flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1));
  return onceEach(
    lines.map((text) => {
      const { seq, index } = JSON.parse(text) as { seq: number; index: number };
      return { seq, idx: index };
    }),
  );
}
