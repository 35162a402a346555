import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteSpool } from '@usewire/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diaryBytes, diaryData, diaryTable } from '../support/diary.ts';
import { askDuckDb } from '../support/lake.ts';
import { drained, isBuilt, runGateway, usewire } from '../support/usewire-cli.ts';

const HASH = Buffer.from(diaryTable.hash.subarray(0, 4)).toString('hex');
const DAY = Date.UTC(2026, 10, 20, 8);
const room = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 30, maxQuarantineBytesPerDevice: 2 ** 30 };
const open = (directory: string) => openSqliteSpool({ directory, ...room });

/** Messages of two people in turn, and of another bed. */
function messagesFrom(first: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const seq = first + i;
    const subject = 1 + (seq % 2);
    const atMs = DAY + seq * 60_000;
    const lines = [`${subject === 1 ? 'left' : 'right'} ${seq}, "so to say"`];
    const time = { originMs: atMs - 60_000, quality: 3, boundMs: null, method: 'device' } as const;
    const device = seq % 5 === 4 ? 'bed-2' : 'bed-1';
    const head = { tenant: 'acme', device, kind: 1, boot: '1', seq, receivedAtMs: Date.now(), time };
    const counts = { modelHash: HASH, recordCount: 1, gapCount: 0, seal: 0 };
    return { ...head, ...counts, payload: diaryData(seq, { subject, atMs, lines }) };
  });
}

describe.skipIf(!isBuilt)('usewire export (built)', () => {
  let folder = '';
  let data = '';
  let config = '';

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-export-'));
    data = join(folder, 'data');
    config = join(folder, 'usewire.yaml');
    writeFileSync(join(folder, 'diary.model'), diaryBytes);
    writeFileSync(config, 'dataDirectory: data\nmodels: [diary.model]\n');
    const store = open(data);
    const device = { tenant: 'acme', device: 'bed-1', lastSeenMs: 1, boot: '1', modelHash: HASH };
    await store.commit(messagesFrom(0, 20), [], { devices: [device] });
    await store.close();
    // It delivers the first twenty; what comes then is in the spool alone.
    const gateway = await runGateway(data, ['--config', config]);
    await drained(gateway);
    await gateway.stop();
    const again = open(data);
    await again.commit(messagesFrom(20, 10), []);
    await again.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const exported = async (format: string, ...more: string[]) => {
    const out = join(folder, format);
    const args = ['export', '--config', config, '--device', 'acme.bed-1', '--out', out, '--format', format];
    const done = await usewire([...args, ...more]);
    return { out, ...done };
  };
  const own = (subject: number) =>
    messagesFrom(0, 30).flatMap(({ device, seq }) =>
      device === 'bed-1' && 1 + (seq % 2) === subject ? [seq] : [],
    );

  it('has every record of a person once, from store and spool, and nothing of others', async () => {
    const { out, code, stdout, stderr } = await exported('jsonl', '--subject', 'left');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = readFileSync(join(out, 'test.diary.wrote.jsonl'), 'utf8').trim().split('\n');
    const rows = lines.map(
      (line) => JSON.parse(line) as { seq: number; subject: string; words: string; time: string },
    );
    expect(rows.map(({ seq }) => seq)).toEqual(own(1));
    expect(new Set(rows.map(({ subject }) => subject))).toEqual(new Set(['left']));
    expect(rows[1]).toMatchObject({
      words: 'left 2, "so to say"',
      time: new Date(DAY + 120_000).toISOString(),
    });
    expect(stdout).toContain(`${own(1).length} records`);
    expect(JSON.parse(readFileSync(join(out, 'export.json'), 'utf8'))).toMatchObject({
      subject: 1,
      records: own(1).length,
    });
    for (const sheet of ['test.diary.data-sheet.md', 'test.diary.data-sheet.html', 'test.diary.model'])
      expect(existsSync(join(out, sheet)), sheet).toBe(true);
  });

  it('says the same in CSV and in Parquet', async () => {
    const csv = await exported('csv', '--subject', '1');
    const parquet = await exported('parquet', '--subject', 'left');
    const [head, ...lines] = readFileSync(join(csv.out, 'test.diary.wrote.csv'), 'utf8').trim().split('\r\n');
    expect(head).toContain('tenant,device,boot,seq,idx,time,subject');
    expect(lines).toHaveLength(own(1).length);
    expect(lines[1]).toContain('"left 2, ""so to say"""');
    expect(readdirSync(parquet.out)).toContain('test.diary.wrote.parquet');
    const rows = await askDuckDb<{ seq: number; words: string }>(
      parquet.out,
      'SELECT seq, words FROM lake ORDER BY seq',
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual(own(1));
    expect(rows[1]!.words).toBe('left 2, "so to say"');
  });

  it('takes a range, and refuses what would mix people or mean nobody', async () => {
    const day = await exported('jsonl', '--from', '2026-11-20T08:00:00Z', '--to', '2026-11-20T08:03:00Z');
    const lines = readFileSync(join(day.out, 'test.diary.wrote.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([0, 1, 2, 3]);
    expect(await exported('jsonl')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('is not empty'),
    });
    expect(await exported('csv', '--subject', 'middle')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has a subject "middle"'),
    });
  });
});
