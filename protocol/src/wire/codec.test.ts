import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, encodeMessageTo } from './codec.ts';
import { Code } from './codes.ts';
import { electiveInt } from './elective.ts';
import { fromHex, toHex } from './hex.ts';
import { Kind } from './kinds.ts';
import { limits } from './limits.ts';
import { type Message, messageSpecs } from './registry.ts';
import { Writer } from './writer.ts';

const ack: Message = { kind: Kind.ack, boot: 0, nextSeq: 0 };

describe('registry', () => {
  it('has one line a kind, at the index of its number, with labels that rise', () => {
    expect(messageSpecs.map((spec) => spec.kind)).toEqual(Object.values(Kind));
    for (const spec of messageSpecs) {
      const labels = spec.fields.map((field) => field.label);
      expect(labels).toEqual([...new Set(labels)].sort((a, b) => a - b));
      expect(labels.every((label) => label > 0)).toBe(true);
    }
  });
});

describe('encodeMessage', () => {
  it('sorts elective labels behind all others', () => {
    const bytes = encodeMessage({ ...ack, elective: [electiveInt(-2, 2), electiveInt(-1, 1)] });
    expect(toHex(bytes)).toBe('a500040200100020012102');
  });

  it('leaves out what is undefined', () => {
    expect(encodeMessage({ ...ack, ranges: undefined, elective: undefined })).toEqual(encodeMessage(ack));
  });

  it.each<[string, object]>([
    ['a kind that does not exist', { kind: 99 }],
    ['a field that is missing', { kind: Kind.ack, boot: 0 }],
    ['a number out of bounds', { ...ack, nextSeq: 4294967296 }],
    ['a number with a fraction', { ...ack, nextSeq: 0.5 }],
    ['a boot id of the wrong length', { ...ack, boot: new Uint8Array(7) }],
    ['a text that is too long', { kind: Kind.nack, code: 1, detail: 'x'.repeat(65) }],
    ['too many items', { ...ack, ranges: Array.from({ length: 65 }, (_, i) => [2 + 2 * i, 2 + 2 * i]) }],
    ['a map key that is negative', { kind: Kind.consent, epoch: 0, subject: 0, choices: { [-1]: 1 } }],
    ['a map key beyond 32 bits', { kind: Kind.consent, epoch: 0, subject: 0, choices: { 4294967296: 1 } }],
    ['an empty map', { kind: Kind.status, seq: 0, boot: 0, uptimeMs: 0, state: {} }],
    ['fields that contradict each other', { ...ack, ranges: [[0, 1]] }],
    [
      'records that are no item',
      {
        kind: Kind.data,
        seq: 0,
        boot: 0,
        uptimeMs: 0,
        modelHash: new Uint8Array(4),
        epoch: 0,
        records: new Uint8Array(0),
      },
    ],
  ])('throws at %s: it is a bug of the caller', (_, message) => {
    expect(() => encodeMessage(message as Message)).toThrow();
  });

  it('appends to a writer that may overflow', () => {
    const writer = new Writer(6);
    encodeMessageTo(writer, ack);
    expect(writer.overflowed).toBe(true);
  });
});

describe('decodeMessage', () => {
  it('refuses a message above the limit as too large, without reading it', () => {
    const bytes = new Uint8Array(limits.maxMessageBytes + 1).fill(0xff);
    expect(decodeMessage(bytes)).toMatchObject({ ok: false, error: { code: Code.tooLarge, offset: 0 } });
    expect(decodeMessage(bytes.subarray(1))).toMatchObject({ error: { code: Code.malformed } });
  });

  it('takes a message at the limit', () => {
    const model = new Uint8Array(limits.maxMessageBytes - 16);
    const bytes = encodeMessage({ kind: Kind.model, modelHash: new Uint8Array(4), model });
    expect(bytes.length).toBe(limits.maxMessageBytes);
    expect(decodeMessage(bytes).ok).toBe(true);
  });

  it.each([
    ['a3000402001000f7', 7, Code.malformed, /1 bytes after the end/],
    ['a40004020010001200', 7, Code.criticalLabel, /critical label 18 unknown to this kind/],
    ['a200040200', 5, Code.schema, /label 16 \(nextSeq\) is missing/],
    ['a100181e', 2, Code.version, /message kind 30 is not of POU 1/],
    ['a3000402611010', 4, Code.schema, /unsigned integer expected, found text/],
  ])('says of %s where and what', (hex, offset, code, detail) => {
    const decoded = decodeMessage(fromHex(hex)!);
    expect(decoded).toMatchObject({
      ok: false,
      error: { code, offset, detail: expect.stringMatching(detail) },
    });
  });

  it('byte strings are views into what was received', () => {
    const bytes = encodeMessage({ kind: Kind.modelReq, modelHash: Uint8Array.of(1, 2, 3, 4) });
    const decoded = decodeMessage(bytes);
    if (!decoded.ok || decoded.value.kind !== Kind.modelReq) throw new Error('not decoded');
    expect(decoded.value.modelHash.buffer).toBe(bytes.buffer);
  });
});
