import { describe, expect, it } from 'vitest';
import { codeName } from './codes.ts';
import { Major } from './head-reader.ts';
import { fromHex, toHex } from './hex.ts';
import { Reader } from './reader.ts';

function readerOf(hex: string): Reader {
  return new Reader(fromHex(hex)!);
}

function outcome<T>(hex: string, read: (reader: Reader) => T): T | string {
  const reader = readerOf(hex);
  const value = read(reader);
  reader.finish();
  return reader.code === 0 ? value : codeName(reader.code);
}

describe('Reader', () => {
  it.each<[string, string, (reader: Reader) => unknown, unknown]>([
    ['an unsigned integer', '1903e8', (reader) => reader.uint(1000), 1000],
    ['one above what is allowed', '1903e8', (reader) => reader.uint(999), 'schema'],
    ['2^53 - 1', '1b001fffffffffffff', (reader) => reader.int(), 9007199254740991],
    ['-(2^53 - 1)', '3b001ffffffffffffe', (reader) => reader.int(), -9007199254740991],
    ['2^53', '1b0020000000000000', (reader) => reader.int(), 'outOfRange'],
    ['-2^53', '3b001fffffffffffff', (reader) => reader.int(), 'outOfRange'],
    ['text for an integer', '6130', (reader) => reader.int(), 'schema'],
    ['true', 'f5', (reader) => reader.bool(), true],
    ['null for a bool', 'f6', (reader) => reader.bool(), 'schema'],
    ['a float for a bool', 'f93e00', (reader) => reader.bool(), 'schema'],
    ['null', 'f6', (reader) => reader.tryNull(), true],
    ['a half', 'f93e00', (reader) => reader.float(), 1.5],
    ['a single', 'fa47c35040', (reader) => reader.float(), 100000.5],
    ['a double', 'fb3ff199999999999a', (reader) => reader.float(), 1.1],
    ['NaN', 'f97e00', (reader) => reader.float(), Number.NaN],
    ['true for a float', 'f5', (reader) => reader.float(), 'schema'],
    ['an integer for a float', '01', (reader) => reader.float(), 'schema'],
    ['text', '63e282ac', (reader) => reader.text(1, 3), '€'],
    ['text that is too long', '63e282ac', (reader) => reader.text(0, 2), 'schema'],
    ['bytes for text', '4161', (reader) => reader.text(0, 2), 'schema'],
    ['a span of bytes', '420102', (reader) => reader.span(0, 2), 2],
    ['an array head', '80', (reader) => reader.arrayHead(0, 0), 0],
    ['an array with too few items', '80', (reader) => reader.arrayHead(1, 2), 'schema'],
    ['a map with too few pairs', 'a0', (reader) => reader.mapHead(1), 'schema'],
    ['a map for an array', 'a0', (reader) => reader.arrayHead(0, 1), 'schema'],
    ['an array for a map', '80', (reader) => reader.mapHead(0), 'schema'],
    ['bytes after the end', '0000', (reader) => reader.int(), 'malformed'],
    ['nothing', '', (reader) => reader.int(), 'malformed'],
  ])('reads %s', (_, hex, read, value) => {
    expect(outcome(hex, read)).toEqual(value);
  });

  it('reads a tag before its content', () => {
    const reader = readerOf('d8404101');
    expect([reader.tag(), toHex(reader.byteString(1, 1)), reader.code]).toEqual([64, '01', 0]);
    expect(outcome('00', (other) => other.tag())).toBe('schema');
  });

  it('byte strings are views, with no copy made', () => {
    const bytes = fromHex('420102')!;
    const view = new Reader(bytes).byteString(0, 2);
    expect(view.buffer).toBe(bytes.buffer);
    expect(toHex(view)).toBe('0102');
  });

  it.each([
    ['an array of 2^32 - 1', '9affffffff'],
    ['an array of 65,536', '9a00010000'],
    ['an array of 65,537', '9a00010001'],
    ['an array of two in one byte', '8200'],
    ['a map of 65', 'b841'],
    ['a map of two in three bytes', 'a2000000'],
    ['bytes of 2^53 - 1', '5b001fffffffffffff'],
    ['text of 2^32', '7b0000000100000000'],
    ['bytes of one in no bytes', '41'],
  ])('refuses %s at its head: lengths and counts against what is left', (_, hex) => {
    const reader = readerOf(hex);
    expect(reader.head()).toBe(-1);
    expect([codeName(reader.code), reader.offset]).toEqual(['malformed', 0]);
  });

  it('refuses lengths and counts that cannot fit before it allocates for them', () => {
    const hostile = readerOf(`${'9affff0000'.repeat(7)}00`);
    const read = (): number => {
      const count = hostile.arrayHead(0, 65536);
      return count;
    };
    expect([read(), hostile.code === 0]).toEqual([0, false]);
    expect(readerOf('5affffffff00').byteString(0, 4294967295).length).toBe(0);
    expect(readerOf('7affffffff61').text(0, 4294967295)).toBe('');
  });

  it('keeps the first offence and reads nothing after it', () => {
    const reader = readerOf('1800f7');
    reader.uint(5);
    const at = reader.at;
    expect([reader.int(), reader.bool(), reader.float(), reader.text(0, 9), reader.span(0, 9)]).toEqual([
      0,
      false,
      0,
      '',
      0,
    ]);
    expect([
      reader.arrayHead(0, 9),
      reader.mapHead(0),
      reader.tag(),
      reader.tryNull(),
      reader.peekMajor(),
    ]).toEqual([0, 0, 0, false, -1]);
    reader.skip(0);
    reader.finish();
    expect(reader.at).toBe(at);
    expect(reader.failure()).toMatchObject({ code: 2, offset: 0 });
  });

  it.each([
    ['rising', '0102', 0],
    ['a repeated key', '0101', 1],
    ['falling', '0201', 2],
    ['negative after unsigned', '0120', 0],
    ['unsigned after negative', '2001', 2],
    ['falling negatives', '2021', 0],
    ['rising negatives', '2120', 2],
  ])('holds keys to bytewise order: %s', (_, hex, code) => {
    const reader = readerOf(hex);
    reader.keyAfter(reader.keyAfter(0, true), false);
    expect(reader.code).toBe(code);
  });

  it('gives whole items as bytes, checked to the bottom', () => {
    const reader = readerOf('82a1006161f900018000');
    expect(toHex(reader.item(0))).toBe('82a1006161f90001');
    expect(toHex(reader.item(0))).toBe('80');
    expect(reader.peekMajor()).toBe(Major.uint);
  });

  it('reads a part of a buffer, and another after a reset', () => {
    const bytes = fromHex('ff0102ff')!;
    const reader = new Reader(bytes);
    reader.reset(bytes, 1, 2);
    expect([reader.int(), reader.int()]).toEqual([1, 0]);
    expect(codeName(reader.code)).toBe('malformed');
    reader.reset(bytes, 2, 3);
    expect([reader.int(), reader.code]).toEqual([2, 0]);
  });
});
