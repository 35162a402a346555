import { encodeMessage, Kind, type Message, Writer } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromOctets, toOctets } from '../testing/index.ts';
import { int } from './octets.ts';
import { readItem } from './read-item.ts';

function written(value: number): Uint8Array {
  const out = new Writer(16);
  out.int(value);
  return out.finish();
}

function read(bytes: Uint8Array): { item: unknown; isWhole: boolean } {
  const cursor = { input: toOctets(bytes), at: 0 };
  const item = readItem(cursor, 0);
  return { item, isWhole: cursor.at === cursor.input.length };
}

describe('an integer', () => {
  const edges = [0, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296, 2 ** 53 - 1];
  it.each(edges.flatMap((edge) => [edge, -edge - (edge === 2 ** 53 - 1 ? 0 : 1)]))(
    '%d has the bytes of the protocol',
    (value) => {
      expect(fromOctets(int(value))).toEqual(written(value));
    },
  );

  it('has them whatever it is', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(fromOctets(int(value))).toEqual(written(value));
      }),
    );
  });
});

describe('a message to a board', () => {
  const messages: [Message, unknown][] = [
    [
      { kind: Kind.ack, boot: 4294967295, nextSeq: 70000, ranges: [[70002, 70010]] },
      { 0: 4, 2: 4294967295, 16: 70000, 17: [[70002, 70010]] },
    ],
    [
      { kind: Kind.nack, seq: 3, boot: 9, code: 15, retryAfterMs: 5000, detail: 'slow' },
      { 0: 5, 1: 3, 2: 9, 18: 15, 19: 5000, 20: 'slow' },
    ],
    [
      { kind: Kind.time, clock: { unixMs: 1_800_000_000_123, quality: 3, boundMs: 20 } },
      { 0: 6, 6: [1_800_000_000_123, 3, 20] },
    ],
    [
      { kind: Kind.modelReq, modelHash: new Uint8Array([1, 2, 3, 255]) },
      { 0: 12, 4: '\x01\x02\x03\xff' },
    ],
  ];

  it.each(messages)('is read: %j', (message, item) => {
    expect(read(encodeMessage(message))).toEqual({ item, isWhole: true });
  });

  it('that is cut is not whole, wherever the cut is', () => {
    for (const [message] of messages) {
      const bytes = encodeMessage(message);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(read(bytes.subarray(0, length)).isWhole).toBe(false);
      }
    }
  });

  it.each(['5f41ff', '818181818181818101', '9fff', 'bf00ff', '1c', '9bffffffffffffffff01'])(
    'is not taken as %s',
    (hex) => {
      expect(read(Buffer.from(hex, 'hex')).isWhole).toBe(false);
    },
  );

  it('of noise neither throws nor takes long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        read(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});
