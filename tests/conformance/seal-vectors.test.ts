import { readFileSync } from 'node:fs';
import { externalAad, open, seal } from '@usewire/protocol/seal';
import { codeName, toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../protocol/tools/cddl/index.ts';
import { ed25519, ringOf, type SealRow } from '../../protocol/tools/vectors/seal-row.ts';
import { bytesOf } from '../../protocol/tools/vectors/vector.ts';
import { camelCase, loadRows } from './load-vectors.ts';

const rows = loadRows<SealRow>('seal.json');
const text = readFileSync(new URL('../../protocol/spec/usewire.cddl', import.meta.url), 'utf8');
const matches = compileCddl(text);

function contextOf(row: SealRow) {
  const { tenant, device, direction, minimum } = row;
  return { tenant, device, direction, minimum, keys: ringOf(row) };
}

function outcomeOf(row: SealRow): object {
  const result = open(bytesOf(row.frame), contextOf(row));
  if (result.ok) return { level: result.value.level, message: toHex(result.value.payload) };
  const { code, answer } = result.error;
  return { code: codeName(code), answer: answer === null ? null : codeName(answer) };
}

function expectedOf(row: SealRow): object {
  if (row.verdict === 'accept') return { level: row.level, message: row.message };
  return {
    code: camelCase(row.code ?? ''),
    answer: row.answer === null ? null : camelCase(row.answer ?? ''),
  };
}

for (const requirement of new Set(rows.map((row) => row.requirement))) {
  describe(requirement, () => {
    for (const row of rows.filter((one) => one.requirement === requirement)) {
      it(`${row.verdict}s ${row.id}: ${row.description}`, () => {
        expect(outcomeOf(row)).toEqual(expectedOf(row));
      });
    }
  });
}

describe('vectors/seal.json', () => {
  it.each(rows)('usewire.cddl on $id', (row) => {
    expect(matches('frame', bytesOf(row.frame)) ? 'match' : 'no-match').toBe(row.cddl);
  });

  it.each(rows.filter((row) => row.verdict === 'accept' && !row.oneWay))('$id is made again', (row) => {
    const counter = row.counter === undefined ? undefined : BigInt(row.counter);
    const signer = { generation: row.current, privateKey: ed25519 };
    const frame = seal(row.level, bytesOf(row.message ?? ''), { ...contextOf(row), signer, counter });
    expect(toHex(frame)).toBe(row.frame);
  });

  it('has no id twice, every level, and every code that a seal is refused with', () => {
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.level))).toEqual(new Set([0, 1, 2, 3]));
    const codes = new Set(rows.flatMap((row) => row.code ?? []));
    const expected = [
      'malformed',
      'not-deterministic',
      'schema',
      'auth-required',
      'not-authorised',
      'key-expired',
    ];
    expect(codes).toEqual(new Set(expected));
  });

  it('the external_aad is of the CDDL too, and of the first outline of the protocol', () => {
    const aad = externalAad({ tenant: 'acme', device: 'brw7-0042', direction: 'up' });
    expect(toHex(aad)).toBe('8464706f75316461636d6569627277372d3030343200');
    expect(matches('external-aad', aad)).toBe(true);
  });
});
