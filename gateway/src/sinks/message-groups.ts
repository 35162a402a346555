import type { SinkRecord } from '../domain/ports.ts';

/** What one message of a device says of one point: records that came together and are of the same point, in order. */
export function messageGroups(records: readonly SinkRecord[]): SinkRecord[][] {
  const found = new Map<string, SinkRecord[]>();
  for (const record of records) {
    const key = `${record.position} ${record.point}`;
    const group = found.get(key);
    if (group) group.push(record);
    else found.set(key, [record]);
  }
  return [...found.values()];
}

/** A record that is larger than a server takes in one message. */
export class TooLarge extends Error {
  constructor(record: SinkRecord, bytes: number, maxBytes: number) {
    super(
      `record ${record.boot}/${record.seq}/${record.index} has ${bytes} bytes, the server takes ${maxBytes}`,
    );
  }
}

/** Halves a group until each part fits: the same parts each time, as the limit is the server's. Throws TooLarge. */
export function fittingParts<T>(
  records: readonly SinkRecord[],
  maxBytes: number,
  encode: (records: readonly SinkRecord[]) => { bytes: number; made: T },
): T[] {
  const [first] = records;
  if (first === undefined) return [];
  const { bytes, made } = encode(records);
  if (bytes <= maxBytes) return [made];
  if (records.length === 1) throw new TooLarge(first, bytes, maxBytes);
  const half = Math.ceil(records.length / 2);
  return [
    ...fittingParts(records.slice(0, half), maxBytes, encode),
    ...fittingParts(records.slice(half), maxBytes, encode),
  ];
}
