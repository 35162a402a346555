import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compileModel, materialise, parseModelFile, toCddl } from '@usewire/protocol/check';
import { type Entry, encodeModel, encodeRecords, modelTable } from '@usewire/protocol/model';
import {
  codeName,
  type DataMessage,
  decodeMessage,
  encodeMessage,
  type Message,
  toHex,
} from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../protocol/tools/cddl/index.ts';
import { fromJson, toJson } from '../../protocol/tools/vectors/json.ts';
import { bytesOf, type Vector } from '../../protocol/tools/vectors/vector.ts';
import { camelCase, loadVectors } from './load-vectors.ts';

const file = new URL('../../protocol/vectors/models/lamp.json', import.meta.url);
const parsed = parseModelFile(JSON.parse(readFileSync(file, 'utf8')));
if (!parsed.ok) throw new Error(`lamp.json: ${JSON.stringify(parsed.faults)}`);
const lamp = parsed.model;
const table = modelTable(lamp);
const checker = compileModel(table);
const vectors = loadVectors().filter((vector) => vector.model !== undefined);

function accepts(vector: Vector): void {
  const verdict = checker.check(bytesOf(vector.hex));
  if (!verdict.ok) expect.fail(`refused: ${codeName(verdict.code)}, ${verdict.detail}`);
  const records = materialise(table, verdict);
  expect(toJson(records)).toEqual(vector.records);
  expect(records.map((record) => record.index)).toEqual(records.map((_, index) => index));
  const message = fromJson(vector.value) as DataMessage;
  expect(toHex(encodeMessage(message))).toBe(vector.hex);
  if (vector.entries === undefined || vector.form === undefined) return;
  const entries = fromJson(vector.entries) as Entry[];
  expect(toHex(encodeRecords(table, message.uptimeMs, entries, vector.form))).toBe(toHex(message.records));
}

function refuses(vector: Vector): void {
  const verdict = checker.check(bytesOf(vector.hex));
  expect(verdict.ok ? 'accepted' : codeName(verdict.code)).toBe(camelCase(vector.code ?? ''));
}

for (const requirement of new Set(vectors.map((vector) => vector.requirement))) {
  describe(requirement, () => {
    for (const vector of vectors.filter((row) => row.requirement === requirement)) {
      const check = vector.verdict === 'accept' ? accepts : refuses;
      it(`${vector.verdict}s ${vector.id}: ${vector.description}`, () => check(vector));
    }
  });
}

function recordsOf(id: string): object[] {
  const records = vectors.find((vector) => vector.id === id)?.records;
  if (!Array.isArray(records)) throw new Error(`no records of ${id}`);
  return records as object[];
}

describe('records', () => {
  it('plain and packed vectors of one set decode to the same records', () => {
    const sets = vectors
      .filter((vector) => vector.form === 'plain')
      .map((vector) => vector.id.replace(/\/plain$/, ''));
    expect(sets.length).toBeGreaterThan(10);
    for (const set of sets) expect(recordsOf(`${set}/packed`), set).toEqual(recordsOf(`${set}/plain`));
  });

  it('record indexes count samples one by one', () => {
    const shown = recordsOf('set/mixed/packed') as { index: number; point: string; uptimeMs: number }[];
    expect(shown.map((record) => [record.index, record.point, record.uptimeMs])).toEqual([
      [0, 'pulse', 5000],
      [1, 'pulse', 6000],
      [2, 'pulse', 7000],
      [3, 'mode', 5000],
      [4, 'tapped', 5000],
      [5, 'warmth', 6000],
      [6, 'turns', 6000],
      [7, 'gap', 7000],
      [8, 'blinked', 9000],
    ]);
  });

  it('gap records count in neither sum', () => {
    const mixed = vectors.find((vector) => vector.id === 'set/mixed/plain');
    const verdict = checker.check(bytesOf(mixed?.hex ?? ''));
    expect(verdict).toMatchObject({ ok: true, recordCount: 8, gapCount: 2 });
  });

  it('the CDDL made from the model matches every vector that its checker accepts', () => {
    const matches = compileCddl(toCddl(lamp));
    const accepted = vectors.filter((vector) => vector.verdict === 'accept');
    expect(
      accepted.filter((vector) => !matches('data', bytesOf(vector.hex))).map((vector) => vector.id),
    ).toEqual([]);
  });

  it("a model's hash is SHA-256 of its canonical description", () => {
    expect(toHex(table.hash)).toBe(createHash('sha256').update(encodeModel(lamp)).digest('hex'));
  });
});

describe('the checker and the message codec', () => {
  const all = loadVectors().filter((vector) => vector.hex.length > 0);

  it.each(all)('agree on $id', ({ hex }) => {
    const bytes = bytesOf(hex);
    const decoded = decodeMessage(bytes);
    const verdict = checker.check(bytes);
    if (verdict.ok)
      expect(decoded).toMatchObject({ ok: true, value: { kind: 1 } satisfies Partial<Message> });
    else if (!decoded.ok && decoded.error.offset < verdict.offset)
      expect(verdict.code).toBe(decoded.error.code);
  });
});
