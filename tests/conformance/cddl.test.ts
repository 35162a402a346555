import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../protocol/tools/cddl/index.ts';
import { bytesOf } from '../../protocol/tools/vectors/vector.ts';
import { loadVectors } from './load-vectors.ts';

const text = readFileSync(new URL('../../protocol/spec/usewire.cddl', import.meta.url), 'utf8');
const matches = compileCddl(text);
const asked = loadVectors().filter((vector) => vector.cddl !== undefined);

describe('usewire.cddl', () => {
  for (const vector of asked) {
    it(`gives ${vector.cddl} to ${vector.id}: ${vector.description}`, () => {
      expect(matches('message', bytesOf(vector.hex)) ? 'match' : 'no-match').toBe(vector.cddl);
    });
  }

  it('is asked about every accepted vector and every structural refusal', () => {
    const structural = ['schema', 'version', 'critical-label'];
    const expected = loadVectors().filter(
      (vector) => vector.verdict === 'accept' || structural.includes(vector.code ?? ''),
    );
    expect(expected.filter((vector) => vector.cddl === undefined)).toEqual([]);
  });
});

describe('the CDDL subset', () => {
  it.each([
    ['a choice of groups', 'a = ( 1 // 2 )'],
    ['a text key', 'a = { "b" => 1 }'],
    ['an unknown control', 'a = uint .ge 5'],
    ['a socket', 'a /= 1'],
    ['an unwrapped group', 'a = ~b'],
    ['a rule twice', 'a = 1 a = 2'],
    ['an open bracket', 'a = [ 1'],
  ])('refuses %s loudly', (_, outside) => {
    expect(() => compileCddl(outside)).toThrow(/cddl line 1/);
  });

  it.each([
    ['a name that no rule has', 'a = b', '00'],
    ['a group where a type is needed', 'a = [ + 1 / g ] g = ( 1 )', '8102'],
    ['a map entry without a key', 'a = { uint }', 'a0'],
    ['a size of an integer', 'a = uint .size 4', '00'],
    ['a generic without its argument', 'a = g g<T> = T', '00'],
  ])('refuses %s when it meets it', (_, outside, hex) => {
    expect(() => compileCddl(outside)('a', bytesOf(hex))).toThrow(/cddl/);
  });

  it.each([
    ['a = 0..4', '04', '05'],
    ['a = -4..-1', '23', '24'],
    ['a = uint / nil', 'f6', 'f5'],
    ['a = [ 1*2 uint ]', '820001', '83000102'],
    ['a = [ uint, ? tstr, * bool ]', '8200f5', '82f500'],
    ['a = [ ? ( uint, ? tstr ), bool ]', '83006161f5', '826161f5'],
    ['a = { 0 => uint, ? 1 => uint, * nint => any }', 'a200002080', 'a200000200'],
    ['a = { 0 => uint, ? g } g = ( 1 => 1, 2 => 2 )', 'a3000001010202', 'a200000101'],
    ['a = { + uint => bool }', 'a100f4', 'a0'],
    ['a = bstr .size (1..2)', '4100', '40'],
    ['a = tstr .size 2', '62c3a4', '61c3'],
    ['a = #6.64(bstr)', 'd84041ff', 'd84141ff'],
    ['a = &( one: 1, two: 2 )', '02', '03'],
    ['a = p<1> / p<uint> p<T> = [ T ]', '8105', '8120'],
    ['a = float', 'f93e00', '01'],
    ['a = bstr .cbor uint', '4107', '4120'],
    ['a = bstr .cbor [ + uint ]', '428107', '43810707'],
    ['a = uint .le 7', '07', '08'],
  ])('%s matches %s and not %s', (cddl, yes, no) => {
    expect(compileCddl(cddl)('a', bytesOf(yes))).toBe(true);
    expect(compileCddl(cddl)('a', bytesOf(no))).toBe(false);
  });
});
