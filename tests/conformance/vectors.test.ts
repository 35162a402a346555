import { codeName, decodeMessage, encodeMessage, Kind, type Message, toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../protocol/tools/vectors/json.ts';
import { bytesOf, type Vector } from '../../protocol/tools/vectors/vector.ts';
import { camelCase, loadVectors } from './load-vectors.ts';

/** What the message codec alone says; records are read by a model in record-vectors.test.ts. */
const vectors = loadVectors().filter((vector) => vector.model === undefined);

function check(vector: Vector): void {
  const decoded = decodeMessage(bytesOf(vector.hex));
  if (vector.verdict === 'reject') {
    expect(decoded.ok ? 'accepted' : codeName(decoded.error.code)).toBe(camelCase(vector.code ?? ''));
    return;
  }
  if (!decoded.ok) expect.fail(`refused: ${codeName(decoded.error.code)}, ${decoded.error.detail}`);
  expect(toJson(decoded.value)).toEqual(vector.value);
  expect(toHex(encodeMessage(fromJson(vector.value) as Message))).toBe(vector.hex);
  expect(toHex(encodeMessage(decoded.value))).toBe(vector.hex);
}

for (const requirement of new Set(vectors.map((vector) => vector.requirement))) {
  describe(requirement, () => {
    for (const vector of vectors.filter((row) => row.requirement === requirement)) {
      it(`${vector.verdict}s ${vector.id}: ${vector.description}`, () => check(vector));
    }
  });
}

/** Bytes of the first outline of the protocol, written down before there was an encoder. */
const byHand: [id: string, hex: string][] = [
  ['data/one-tap', 'a9000101190408021901a1031a052688e704449372c470050c078184010001a201020201080109190352'],
  ['ack/cumulative', 'a30004021901a110190409'],
  ['nack/consent-stale', 'a4000501190408021901a1120c'],
  ['time/bound', 'a2000606831b000001a200f4624e0314'],
  ['consent/set', 'a40007050c08010fa3010102020700'],
  [
    'hello/battery',
    'a8 0000 0100 021901a1 03190390 0448 9372c470978d116a 0a83 67 62726577657237 65 312e342e32 01 0b82 01 04 20 1857',
  ],
];

describe('the corpus', () => {
  it.each(byHand)('%s is the bytes that were worked out by hand', (id, hex) => {
    expect(vectors.find((vector) => vector.id === id)?.hex).toBe(toHex(bytesOf(hex)));
  });

  it('shows every kind, accepted and refused', () => {
    const kindsOf = (verdict: Vector['verdict']) => {
      const rows = vectors.filter(
        (vector) => vector.verdict === verdict && /^a[0-9a-f]00[01]/.test(vector.hex),
      );
      return new Set(rows.map((vector) => bytesOf(vector.hex)[2]));
    };
    const all = Object.values(Kind);
    expect(all.filter((kind) => !kindsOf('accept').has(kind) || !kindsOf('reject').has(kind))).toEqual([]);
  });

  it('has at least 150 vectors, 60 of them refused, and no id twice', () => {
    const all = loadVectors();
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(all.filter((vector) => vector.verdict === 'reject').length).toBeGreaterThanOrEqual(60);
    expect(new Set(all.map((vector) => vector.id)).size).toBe(all.length);
    expect(new Set(all.map((vector) => vector.hex)).size).toBe(all.length);
  });
});
