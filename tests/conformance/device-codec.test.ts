import {
  decodeLabels,
  decodeMessage,
  decodeTree,
  encodeLabels,
  encodeMessage,
  fromHex,
  Kind,
  kindName,
  Label,
  type LabelName,
  limits,
  type Message,
  Reader,
  type Tree,
  type TreeMap,
  toHex,
  Writer,
  writeTree,
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
  'eraseReq',
];
const received = ['ack', 'nack', 'time', 'consent', 'modelReq', 'erase', 'eraseReceipt'];
const receivedKinds: number[] = [
  Kind.ack,
  Kind.nack,
  Kind.time,
  Kind.consent,
  Kind.modelReq,
  Kind.erase,
  Kind.eraseReceipt,
];

/** Members that travel as a list. */
const lists: Record<string, string[]> = {
  clock: ['unixMs', 'quality', 'boundMs'],
  hardware: ['hw', 'sw', 'reset'],
};

/** A message as a device has it: by label number. */
function labelsOf({ elective, ...message }: Message): TreeMap {
  const map: TreeMap = {};
  for (const [name, value] of Object.entries(message)) {
    const list = lists[name]?.map((member) => value[member]).filter((item) => item !== undefined);
    map[Label[name as LabelName]] = (list ?? value) as Tree;
  }
  for (const { label, item } of elective ?? []) map[label] = item;
  return map;
}

function withoutElective(message: Message): Message {
  const { elective: _, ...rest } = message;
  return rest as Message;
}

/** What the strict decoder says, as far as a device wants to know it. */
function expected(bytes: Uint8Array): TreeMap | null {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok || !receivedKinds.includes(decoded.value.kind)) return null;
  return labelsOf(withoutElective(decoded.value));
}

/** Elective items are passed over by a device, whatever they are: the strict decoder looks into them. */
function hasElective(bytes: Uint8Array): boolean {
  const tree = decodeTree(bytes);
  return tree !== null && typeof tree === 'object' && Object.keys(tree).some((key) => Number(key) < 0);
}

function expectSame(bytes: Uint8Array): void {
  const ours = decodeLabels(bytes);
  if (ours !== null && hasElective(bytes)) return;
  expect(ours, toHex(bytes)).toEqual(expected(bytes));
}

describe('the codec of a device', () => {
  it.each(sent)('writes %s with the bytes of encodeMessage', (name) => {
    fc.assert(
      fc.property(messages[name]!, (message) => {
        expect(toHex(encodeLabels(labelsOf(message)))).toBe(toHex(encodeMessage(message)));
      }),
    );
  });

  it.each([0.5, Number.NaN, Infinity, -1, -1e300, 2 ** 53])(
    'throws at %d where a message has an unsigned integer',
    (seq) => {
      const message: Message = { kind: Kind.bye, seq, boot: 1, uptimeMs: 0, reason: 0 };
      expect(() => encodeMessage(message)).toThrow();
      expect(() => encodeLabels(labelsOf(message))).toThrow();
    },
  );

  it.each(received)('reads %s as decodeMessage does, by label', (name) => {
    fc.assert(
      fc.property(messages[name]!, (message) => {
        expect(decodeLabels(encodeMessage(message))).toEqual(labelsOf(message));
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

  it('leaves out a label that is undefined', () => {
    expect(toHex(encodeLabels({ 0: 3, 1: 9, 6: undefined, 14: 0 }))).toBe('a3000301090e00');
  });

  it.each([
    ['an ack whose ranges are null', 'a400040201100511f6'],
    ['a range with a null', 'a4000402011005118182f606'],
    ['a clock with a null', 'a2000606830000f6'],
    ['a kind in words', 'a300613402011005'],
    ['an array that looks like a map', '8706f6f6f6f6f6820000'],
    ['a text key beside the labels', 'a3000c044401020304616100'],
  ])('refuses %s', (_what, hex) => {
    expect(decodeLabels(fromHex(hex)!)).toBe(null);
  });

  it('takes no message that is cut short or goes on', () => {
    fc.assert(
      fc.property(messages.ack!, (message) => {
        const bytes = encodeMessage(message);
        for (let length = 0; length < bytes.length; length++)
          expect(decodeLabels(bytes.subarray(0, length))).toBe(null);
        expect(decodeLabels(Uint8Array.of(...bytes, 0))).toBe(null);
      }),
    );
  });

  it('does not know kinds that a device does not act on', () => {
    for (const arbitrary of Object.values(messages)) {
      const [message] = fc.sample(arbitrary, 1);
      if (receivedKinds.includes(message!.kind)) continue;
      expect(decodeLabels(encodeMessage(message!)), kindName(message!.kind)).toBe(null);
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
    ['bytes at __proto__', 'a1695f5f70726f746f5f5f4100'],
    ['a key that is an object with a toString', 'a1a168746f537472696e670000'],
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
    ['null alone', 'f6'],
    ['a key that is null', 'a1f600'],
    ['undefined', '81f7'],
    ['a simple value without a meaning', '81e0'],
    ['a simple value in two bytes', '81f8ff'],
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

  it('reads null inside, which is undefined, and writes it', () => {
    const tree = [1, undefined, { 0: undefined, a: [undefined] }];
    const out = new Writer(20);
    writeTree(out, tree);
    expect(toHex(out.finish())).toBe('8301f6a200f6616181f6');
    expect(decodeTree(out.finish())).toEqual(tree);
  });

  it('refuses more than a message holds, without reading it', () => {
    expect(decodeTree(new Uint8Array(limits.maxMessageBytes + 1))).toBe(null);
  });
});
