import { type Elective, Label, type LabelName, type Message } from '@usewire/protocol/wire';
import { Decoder, Encoder, Tag } from 'cbor-x';

/** cbor-x knows nothing of ours: an independent reader and writer. Typed arrays stay tagged bytes. */
const decoder = new Decoder({ mapsAsObjects: false, useRecords: false, tagUint8Array: false });
const encoder = new Encoder({ mapsAsObjects: false, useRecords: false, tagUint8Array: false });

/** Integers of 64 bits come as bigint; ours are all safe. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (value instanceof Tag) return { tag: value.tag, value: plain(value.value) };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [plain(key), plain(item)]));
  return value;
}

export function oracleDecode(bytes: Uint8Array): unknown {
  return plain(decoder.decode(bytes));
}

export function oracleEncode(value: unknown): Uint8Array {
  return Uint8Array.from(encoder.encode(value));
}

function uintMap(map: object): Map<number, unknown> {
  const pairs = Object.entries(map).map(([key, item]): [number, unknown] => [Number(key), item]);
  return new Map(pairs.sort(([a], [b]) => a - b));
}

/** Fields whose shape on the wire is not that of the message type. */
const shapes: Record<string, (value: never) => unknown> = {
  clock: (clock: { unixMs: number; quality: number; boundMs?: number }) =>
    [clock.unixMs, clock.quality, clock.boundMs].filter((item) => item !== undefined),
  hardware: (board: { hw: string; sw: string; reset?: number }) =>
    [board.hw, board.sw, board.reset].filter((item) => item !== undefined),
  state: uintMap,
  choices: uintMap,
  config: uintMap,
  records: (item: Uint8Array) => oracleDecode(item),
};

/** The CBOR structure that SPEC.md gives a message, without our encoder. */
export function structureOf(message: Message): Map<number, unknown> {
  const { elective, ...fields } = message;
  const pairs = Object.entries(fields).map(([name, value]): [number, unknown] => {
    const shape = shapes[name];
    return [Label[name as LabelName], shape ? shape(value as never) : value];
  });
  const kept = ((elective ?? []) as Elective[]).map(({ label, item }): [number, unknown] => [
    label,
    oracleDecode(item),
  ]);
  return new Map([...pairs.sort(([a], [b]) => a - b), ...kept.sort(([a], [b]) => b - a)]);
}
