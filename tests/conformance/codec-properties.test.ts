import { readFileSync } from 'node:fs';
import {
  codeName,
  decodeMessage,
  encodeMessage,
  Kind,
  type Message,
  Reader,
  toHex,
  Writer,
} from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../protocol/tools/cddl/index.ts';
import { messages } from './arbitrary-message.ts';
import { oracleDecode, oracleEncode, structureOf } from './oracle.ts';

const anyMessage = fc.oneof(...Object.values(messages));
const matches = compileCddl(
  readFileSync(new URL('../../protocol/spec/usewire.cddl', import.meta.url), 'utf8'),
);

/** Encoding sorts elective labels; so does the comparison. */
function sorted(message: Message): Message {
  const elective = message.elective?.slice().sort((a, b) => b.label - a.label);
  return elective ? { ...message, elective } : message;
}

describe('message codec', () => {
  it('is tried with messages of every kind', () => {
    const tried = new Set(Object.values(messages).map((kind) => fc.sample(kind, 1)[0]?.kind));
    expect([...tried].sort()).toEqual(Object.values(Kind).sort());
  });

  it('every message survives encoding and decoding', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = encodeMessage(message);
        const decoded = decodeMessage(bytes);
        if (!decoded.ok)
          expect.fail(`${codeName(decoded.error.code)}: ${decoded.error.detail} in ${toHex(bytes)}`);
        expect(decoded.value).toEqual(sorted(message));
        expect(encodeMessage(decoded.value)).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(Object.keys(messages))('cbor-x reads %s as the structure of the specification', (name) => {
    fc.assert(
      fc.property(messages[name] ?? anyMessage, (message) => {
        expect(oracleDecode(encodeMessage(message))).toEqual(structureOf(message));
      }),
    );
  });

  it.each(Object.keys(messages))('usewire.cddl matches every %s', (name) => {
    fc.assert(
      fc.property(messages[name] ?? anyMessage, (message) => matches('message', encodeMessage(message))),
    );
  });
});

const key = fc.oneof(fc.integer({ min: -2147483648, max: 2147483647 }), fc.string({ maxLength: 4 }));
const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map((pairs) => new Map(pairs)),
  ),
  leaf: fc.oneof(
    fc.integer({ min: -2147483648, max: 2147483647 }),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.uint8Array({ maxLength: 30 }),
  ),
}));

/** The same tree by our writer, keys in bytewise order of their encodings. */
function write(writer: Writer, value: unknown): void {
  if (value === null) writer.null();
  else if (typeof value === 'number') writer.int(value);
  else if (typeof value === 'boolean') writer.bool(value);
  else if (typeof value === 'string') writer.text(value);
  else if (value instanceof Uint8Array) writer.bytes(value);
  else if (Array.isArray(value)) {
    writer.arrayHead(value.length);
    for (const item of value) write(writer, item);
  } else writeMap(writer, value as Map<unknown, unknown>);
}

function encoded(value: unknown): Uint8Array {
  const writer = new Writer(65536);
  write(writer, value);
  return writer.finish();
}

function writeMap(writer: Writer, map: Map<unknown, unknown>): void {
  const pairs = [...map].map(([name, item]) => [encoded(name), item] as const);
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  writer.mapHead(pairs.length);
  for (const [name, item] of pairs) {
    writer.raw(name);
    write(writer, item);
  }
}

describe('Reader and Writer', () => {
  it('reads what cbor-x writes exactly when it is deterministic', () => {
    let deterministic = 0;
    fc.assert(
      fc.property(tree, (value) => {
        const theirs = oracleEncode(value);
        const ours = encoded(value);
        const reader = new Reader(theirs);
        reader.skip(0);
        reader.finish();
        const same = Buffer.compare(theirs, ours) === 0;
        if (same) deterministic++;
        expect(reader.code === 0 ? 'accepted' : codeName(reader.code), toHex(theirs)).toBe(
          same ? 'accepted' : 'notDeterministic',
        );
      }),
      { numRuns: 3000 },
    );
    expect(deterministic).toBeGreaterThan(100);
  });

  it('cbor-x reads what our writer writes', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(oracleDecode(encoded(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });
});
