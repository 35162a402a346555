import {
  BitReader,
  BitWriter,
  codeName,
  type RiceState,
  riceStart,
  riceState,
  unzigzag,
  zigzag,
  zigzagMax,
  zigzagMin,
} from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import type { BitOp, BitRow } from '../../protocol/tools/vectors/bits.ts';
import { camelCase, loadRows } from './load-vectors.ts';

const rows = loadRows<BitRow>('bits.json');

type States = Record<'time' | 'difference', RiceState>;
const fresh = (): States => ({
  time: riceState(riceStart.time),
  difference: riceState(riceStart.difference),
});

function bytesOf(row: BitRow): Uint8Array {
  const bits = row.bits.replace(/ /g, '');
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) bytes[i >> 3]! |= Number(bits[i]) << (7 - (i & 7));
  return bytes;
}

function write(writer: BitWriter, [what, value, parameter]: BitOp, states: States): void {
  if (what === 'bits') writer.bits(value, parameter);
  else if (what === 'eg') writer.eg(value, parameter);
  else writer.rice(value, states[parameter]);
}

function read(reader: BitReader, [what, , parameter]: BitOp, states: States): number {
  if (what === 'bits') return reader.bits(parameter);
  return what === 'eg' ? reader.eg(parameter) : reader.rice(states[parameter]);
}

function check(row: BitRow): void {
  const bytes = bytesOf(row);
  const reader = new BitReader();
  reader.reset(bytes, 0, bytes.length);
  const reading = fresh();
  const values = row.ops.map((op) => read(reader, op, reading));
  if (row.verdict === 'reject') {
    expect(codeName(reader.code)).toBe(camelCase(row.code ?? ''));
    return;
  }
  reader.finish();
  expect(reader.code, reader.detail).toBe(0);
  expect(values).toEqual(row.ops.map(([, value]) => value));
  const writer = new BitWriter(4096);
  const writing = fresh();
  for (const op of row.ops) write(writer, op, writing);
  expect(writer.finish()).toEqual(bytes);
}

for (const requirement of new Set(rows.map((row) => row.requirement))) {
  describe(requirement, () => {
    for (const row of rows.filter((one) => one.requirement === requirement)) {
      it(`${row.verdict}s ${row.id}: ${row.description}`, () => check(row));
    }
  });
}

describe('zigzag', () => {
  it.each([
    [0, 0],
    [-1, 1],
    [1, 2],
    [-2, 3],
    [zigzagMax, 9007199254740990],
    [zigzagMin, 9007199254740991],
  ])('of %i is %i', (value, code) => {
    expect(zigzag(value)).toBe(code);
    expect(unzigzag(code)).toBe(value);
  });
});
