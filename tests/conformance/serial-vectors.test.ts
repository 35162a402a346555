import { encodeSerialFrame, encodeSerialLine } from '@usewire/protocol/serial';
import { crc32, toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import type { SerialRow } from '../../protocol/tools/vectors/serial.ts';
import { bytesOf } from '../../protocol/tools/vectors/vector.ts';
import { camelCase, loadRows } from './load-vectors.ts';
import { type Received, receive } from './serial-receive.ts';

const rows = loadRows<SerialRow>('serial.json');
const encoders = { framed: encodeSerialFrame, line: encodeSerialLine };

function expectedOf({ frame, code }: SerialRow): Received {
  return {
    frames: frame === null ? [] : [frame],
    faults: code === undefined ? {} : { [camelCase(code)]: 1 },
  };
}

for (const requirement of new Set(rows.map((row) => row.requirement))) {
  describe(requirement, () => {
    for (const row of rows.filter((one) => one.requirement === requirement)) {
      it(`${row.verdict}s ${row.id}: ${row.description}`, () => {
        expect(receive(row, [bytesOf(row.link)])).toEqual(expectedOf(row));
      });
    }
  });
}

describe('vectors/serial.json', () => {
  it.each(rows.filter((row) => row.frame !== null && !row.oneWay))('$id is made again', (row) => {
    const link = encoders[row.mode](row.direction, bytesOf(row.frame ?? ''), crc32);
    expect(toHex(link)).toBe(row.link);
  });

  it.each(rows)('$id is the same in single bytes', (row) => {
    const bytes = [...bytesOf(row.link)].map((byte) => Uint8Array.of(byte));
    expect(receive(row, bytes)).toEqual(expectedOf(row));
  });

  it('has no id twice, both modes, and every counter of a receiver', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ mode }) => mode))).toEqual(new Set(['framed', 'line']));
    const codes = new Set(rows.flatMap(({ code }) => code ?? []));
    expect(codes).toEqual(new Set(['malformed', 'checksum', 'too-large', 'other-way', 'reserved']));
  });
});
