import { codeName, decodeMessage, encodeMessage, type Message, toHex } from '@usewire/protocol/wire';
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

describe('the corpus', () => {
  it('has at least 150 vectors, 60 of them refused, and no id twice', () => {
    const all = loadVectors();
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(all.filter((vector) => vector.verdict === 'reject').length).toBeGreaterThanOrEqual(60);
    expect(new Set(all.map((vector) => vector.id)).size).toBe(all.length);
    expect(new Set(all.map((vector) => vector.hex)).size).toBe(all.length);
  });
});
