import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, fromHex, Kind, type Message, toHex } from './index.ts';

const cases: [string, Message, string][] = [
  [
    'a data message',
    {
      kind: Kind.data,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411015,
      modelHash: fromHex('4489372c')!,
      epoch: 12,
      records: fromHex('8184010001a201020201')!,
      subject: 1,
      ageMs: 850,
    },
    'a9000101190408021901a1031a0526870704444489372c050c078184010001a201020201080109190352',
  ],
  ['an ack', { kind: Kind.ack, boot: 417, nextSeq: 1033 }, 'a30004021901a110190409'],
  ['a nack', { kind: Kind.nack, seq: 1032, boot: 417, code: 12 }, 'a4000501190408021901a1120c'],
  [
    'a time',
    { kind: Kind.time, clock: { unixMs: 1800000005364, quality: 3, boundMs: 20 } },
    'a2000606831b000001a3185c64f40314',
  ],
];

describe('codec', () => {
  for (const [name, message, hex] of cases) {
    it(`encodes ${name} to its bytes and back`, () => {
      expect(toHex(encodeMessage(message))).toBe(hex);
      expect(decodeMessage(fromHex(hex)!)).toEqual({ ok: true, value: message });
    });
  }
});
