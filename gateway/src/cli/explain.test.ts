import { encodeRecords } from '@usewire/protocol/model';
import { ElectiveLabel, electiveInt, encodeMessage, Kind, type Message } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { bedModel, bedPoint, bedTable } from '../testing/bed-model.ts';
import { explain } from './decode-command.ts';
import { markedRows } from './explain-failure.ts';

const hash = bedTable.hash;

function data(form: 'plain' | 'packed', extra: Partial<Message> = {}): Uint8Array {
  const entries = [
    { form: 'record' as const, point: bedPoint('temperature'), atMs: 61_000, values: [999] },
    {
      form: 'series' as const,
      point: bedPoint('heart_rate'),
      atMs: 60_000,
      periodMs: 1_000,
      samples: [60, 61],
    },
    { form: 'record' as const, point: 0, atMs: 62_000, values: [4, 0, 7, null] },
  ];
  return encodeMessage({
    kind: Kind.data,
    seq: 7,
    boot: 3,
    uptimeMs: 60_000,
    modelHash: hash.slice(0, 4),
    epoch: 2,
    subject: 2,
    records: encodeRecords(bedTable, 60_000, entries, form),
    ...extra,
  } as Message);
}

const others: Message[] = [
  {
    kind: Kind.hello,
    seq: 8,
    boot: new Uint8Array(8).fill(7),
    uptimeMs: 90_061_000,
    modelHash: hash.slice(0, 8),
  },
  { kind: Kind.status, seq: 8, boot: 3, uptimeMs: 1, state: { 1: 50 } },
  { kind: Kind.bye, seq: 8, boot: 3, uptimeMs: 1, reason: 9 },
  { kind: Kind.ack, boot: 3, nextSeq: 9, ranges: [[11, 12]] },
  { kind: Kind.nack, code: 12, retryAfterMs: 90_000, detail: 'ask again' },
  { kind: Kind.time, clock: { unixMs: 1_700_000_000_000, quality: 3, boundMs: 20 } },
  { kind: Kind.consent, epoch: 4, subject: 1, choices: { 1: 1, 2: 2 }, validUntilMs: 1_800_000_000_000 },
  { kind: Kind.choice, seq: 1, boot: 3, uptimeMs: 5, epoch: 4, subject: 0, choices: { 3: 0 } },
  { kind: Kind.config, configId: 5, config: { 1: 'fast', 2: [1, 2] } },
  { kind: Kind.erase, subject: 1, requestId: new Uint8Array(16), range: [0, 1_000] },
];

describe('decode', () => {
  it("says records in the model's words, of either form", () => {
    for (const form of ['plain', 'packed'] as const) {
      const { ok, text } = explain(data(form), bedModel);
      expect(ok).toBe(true);
      expect(text).toContain('3 records of smart_bed version 1, subject right, and 4 lost');
      expect(text).toContain('00:01:00.000  series heart_rate = 60 /min');
      expect(text).toContain('00:01:01.000  gauge temperature = 99.9 Cel  [out_of_range]');
      expect(text).toContain('gap gap = 4 cause=evicted from=7');
    }
  });

  it('says wall times when the message has a clock', () => {
    const clock = { unixMs: 1_700_000_000_000, quality: 3 };
    expect(explain(data('plain', { clock } as Partial<Message>), bedModel).text).toContain(
      '2023-11-14T22:13:21.000Z  gauge',
    );
  });

  it('says what can be said without the model', () => {
    expect(explain(data('plain')).text).toContain('3 entries');
    expect(explain(data('packed')).text).toContain('packed records: give the model');
  });

  it('does not read records with another model than their own', () => {
    const { ok, text } = explain(
      data('plain', { modelHash: new Uint8Array(4) } as Partial<Message>),
      bedModel,
    );
    expect(ok).toBe(false);
    expect(text).toContain('made with model 00000000; smart_bed version 1 is');
  });

  it('says what no model could read, with the place', () => {
    const bytes = data('plain', { records: new Uint8Array([0x81, 0x82, 0x18, 0xff, 0]) } as Partial<Message>);
    const { ok, text } = explain(bytes, bedModel);
    expect(ok).toBe(false);
    expect(text).toMatch(/refused: schema \(code 3\) at byte \d+/);
    expect(text).toContain('^^ byte');
  });

  it('knows electives by name and says of others that they are ignored', () => {
    const elective = [electiveInt(ElectiveLabel.batteryPercent, 41), electiveInt(-99, 5)];
    const { text } = explain(data('plain', { elective } as Partial<Message>));
    expect(text).toMatch(/-1 {2}batteryPercent +41\n/);
    expect(text).toMatch(/-99 {2}elective +not known here, ignored: 5\n/);
  });

  it('has words for every label of every kind', async () => {
    const texts = others.map((message) => explain(encodeMessage(message)).text);
    await expect(texts.join('\n')).toMatchFileSnapshot('./explain.golden.txt');
    expect(texts.join('\n')).not.toContain('   ?  ');
    expect(texts.join('\n')).not.toContain('[object');
  });
});

describe('the mark under a byte', () => {
  it('stands under the byte, in its row', () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
    const rows = markedRows(bytes, 18);
    const [row, mark] = [
      rows.findIndex((line) => line.includes('^^')) - 1,
      rows.find((line) => line.includes('^^'))!,
    ];
    expect(rows[row]!.slice(mark.indexOf('^^'), mark.indexOf('^^') + 2)).toBe('12');
  });

  it('stands behind the last byte when bytes are missing', () => {
    expect(markedRows(new Uint8Array(16), 16).at(-1)).toBe('        ^^ the bytes end here');
    expect(markedRows(new Uint8Array(0), 0).at(-1)).toBe('        ^^ the bytes end here');
  });
});
