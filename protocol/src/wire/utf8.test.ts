import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './hex.ts';
import { utf8Decode, utf8Fault, utf8Length, utf8Write } from './utf8.ts';

const right: [string, string][] = [
  ['', ''],
  ['a\u0000b', '610062'],
  ['ä', 'c3a4'],
  ['\u0080\u07ff', 'c280dfbf'],
  ['€', 'e282ac'],
  ['\u0800\ud7ff\ue000\uffff', 'e0a080ed9fbfee8080efbfbf'],
  ['😀', 'f09f9880'],
  ['\u{10000}\u{10ffff}', 'f0908080f48fbfbf'],
];

function encode(text: string): string {
  const bytes = new Uint8Array(utf8Length(text) + 2);
  const end = utf8Write(text, bytes, 1);
  expect(end).toBe(utf8Length(text) + 1);
  return toHex(bytes.subarray(1, end));
}

describe('UTF-8', () => {
  it.each(right)('%j is these bytes, both ways', (text, hex) => {
    const bytes = fromHex(hex)!;
    expect(encode(text)).toBe(hex);
    expect(utf8Fault(bytes, 0, bytes.length)).toBe(-1);
    expect(utf8Decode(bytes, 0, bytes.length)).toBe(text);
  });

  it.each([
    ['\ud800', 'efbfbd'],
    ['\udc00', 'efbfbd'],
    ['\ud800a', 'efbfbd61'],
    ['\udc00\ud800', 'efbfbdefbfbd'],
  ])('lone surrogates of %j are written as U+FFFD', (text, hex) => {
    expect(encode(text)).toBe(hex);
  });

  it.each([
    ['80', 0],
    ['61c0af', 1],
    ['c1bf', 0],
    ['e09fbf', 0],
    ['eda080', 0],
    ['f08fbfbf', 0],
    ['f4908080', 0],
    ['f5808080', 0],
    ['ff', 0],
    ['6161e282', 2],
    ['c328', 0],
    ['e28228', 0],
    ['f09f9828', 0],
  ])('%s is wrong from byte %i on', (hex, at) => {
    const bytes = fromHex(hex)!;
    expect(utf8Fault(bytes, 0, bytes.length)).toBe(at);
  });

  it('agrees with the platform about every pair of bytes that starts a character', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const accepted = (bytes: Uint8Array) => {
      try {
        return decoder.decode(bytes).length > 0;
      } catch {
        return false;
      }
    };
    for (let pair = 0; pair < 65536; pair++) {
      for (const tail of [[], [0x80], [0x80, 0x80]]) {
        const bytes = Uint8Array.of(pair >> 8, pair & 255, ...tail);
        if (utf8Fault(bytes, 0, bytes.length) < 0 !== accepted(bytes)) expect.fail(toHex(bytes));
      }
    }
  });
});
