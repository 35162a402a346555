import {
  decodeDeviceMessage,
  decodeMessage,
  decodeTree,
  encodeDeviceMessage,
  encodeMessage,
  fromHex,
  Kind,
  kindName,
  limits,
  type Message,
  Reader,
  toHex,
} from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messages } from './arbitrary-message.ts';
import { loadVectors } from './load-vectors.ts';

/** The codec that a device carries is small and says nothing; what it writes and takes is the same as everybody else's. */
const sent = [
  'hello',
  'helloFirst',
  'data',
  'status',
  'bye',
  'choice',
  'model',
  'consentAck',
  'configAck',
  'eraseAck',
  'export',
];
const received = ['ack', 'nack', 'time', 'modelReq'];
const receivedKinds: number[] = [Kind.ack, Kind.nack, Kind.time, Kind.modelReq];

function withoutElective(message: Message): Message {
  const { elective: _, ...rest } = message;
  return rest as Message;
}

/** What the strict decoder says, as far as a device wants to know it. */
function expected(bytes: Uint8Array): Message | null {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok || !receivedKinds.includes(decoded.value.kind)) return null;
  return withoutElective(decoded.value);
}

/** Elective items are passed over by a device, whatever they are: the strict decoder looks into them. */
function hasElective(bytes: Uint8Array): boolean {
  const tree = decodeTree(bytes);
  return tree !== null && typeof tree === 'object' && Object.keys(tree).some((key) => Number(key) < 0);
}

function expectSame(bytes: Uint8Array): void {
  const ours = decodeDeviceMessage(bytes);
  if (ours !== null && hasElective(bytes)) return;
  expect(ours, toHex(bytes)).toEqual(expected(bytes));
}

describe('the codec of a device', () => {
  it.each(sent)('writes %s with the bytes of encodeMessage', (name) => {
    fc.assert(
      fc.property(messages[name]!, (message) => {
        expect(toHex(encodeDeviceMessage(message))).toBe(toHex(encodeMessage(message)));
      }),
    );
  });

  it.each([0.5, Number.NaN, Infinity, -1, -1e300, 2 ** 53])(
    'throws at %d where a message has an unsigned integer',
    (seq) => {
      const message: Message = { kind: Kind.bye, seq, boot: 1, uptimeMs: 0, reason: 0 };
      expect(() => encodeMessage(message)).toThrow();
      expect(() => encodeDeviceMessage(message)).toThrow();
    },
  );

  it.each(received)('reads %s as decodeMessage does, without what is elective', (name) => {
    fc.assert(
      fc.property(messages[name]!, (message) => {
        expect(decodeDeviceMessage(encodeMessage(message))).toEqual(withoutElective(message));
      }),
    );
  });

  it.each(received)('takes a changed %s exactly where decodeMessage does', (name) => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(messages[name]!, fc.array(change, { minLength: 1, maxLength: 3 }), (message, changes) => {
        const bytes = encodeMessage(withoutElective(message));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expectSame(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no message that is cut short or goes on', () => {
    fc.assert(
      fc.property(messages.ack!, (message) => {
        const bytes = encodeMessage(message);
        for (let length = 0; length < bytes.length; length++)
          expect(decodeDeviceMessage(bytes.subarray(0, length))).toBe(null);
        expect(decodeDeviceMessage(Uint8Array.of(...bytes, 0))).toBe(null);
      }),
    );
  });

  it('does not know kinds that a device does not act on', () => {
    for (const arbitrary of Object.values(messages)) {
      const [message] = fc.sample(arbitrary, 1);
      if (receivedKinds.includes(message!.kind)) continue;
      expect(decodeDeviceMessage(encodeMessage(message!)), kindName(message!.kind)).toBe(null);
    }
  });

  it('says the same as decodeMessage of every vector', () => {
    for (const vector of loadVectors())
      if (!hasElective(fromHex(vector.hex)!)) expectSame(fromHex(vector.hex)!);
  });
});

describe('decodeTree', () => {
  /** Passes over one item, strictly. */
  function isItem(bytes: Uint8Array): boolean {
    const reader = new Reader(bytes);
    reader.skip(0);
    reader.finish();
    return reader.code === 0;
  }

  it('takes nothing that the strict reader refuses, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const tree = decodeTree(bytes);
        if (tree !== null && !hasElective(bytes)) expect(isItem(bytes), toHex(bytes)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['a map whose key is __proto__', 'a1695f5f70726f746f5f5fa0'],
    ['overlong UTF-8', '62c080'],
    ['a surrogate in UTF-8', '63eda080'],
    ['beyond U+10FFFF', '64f4908080'],
    ['a lone continuation byte', '6180'],
    ['an integer of 2^53', '1b0020000000000000'],
    ['an integer of -2^53', '3b001fffffffffffff'],
    ['a long head', '1817'],
    ['a float that an integer does', 'f93c00'],
    ['a long float', 'fa3f000000'],
    ['NaN with a payload', 'f97e01'],
    ['keys out of order', 'a201000000'],
    ['a key twice', 'a200000000'],
    ['a text key that looks like an integer', 'a1613100'],
    ['a key that is a map', 'a1a000'],
    ['null', 'f6'],
    ['a tag', 'c101'],
    ['an indefinite length', '9f00ff'],
    ['nine levels', '818181818181818180'],
    ['a count beyond the end', '9a0000ffff00'],
    ['a map of 65', `b841${'00'.repeat(130)}`],
    ['two items', '0000'],
    ['nothing', ''],
  ])('refuses %s', (_what, hex) => {
    expect(decodeTree(fromHex(hex)!)).toBe(null);
  });

  it('reads floats of every width, eight levels and texts beyond the basic plane', () => {
    const tree = decodeTree(fromHex('84f93800fa47c35040fb3fb999999999999a64f09f9880')!);
    expect(tree).toEqual([0.5, 100000.5, 0.1, '😀']);
    expect(decodeTree(fromHex('8181818181818180')!)).toEqual([[[[[[[[]]]]]]]]);
  });

  it('refuses more than a message holds, without reading it', () => {
    expect(decodeTree(new Uint8Array(limits.maxMessageBytes + 1))).toBe(null);
  });
});
