import type { DeviceId, MessageKey } from './stored.ts';

interface Range {
  first: number;
  last: number;
}

/** Ranges without some numbers in them: what stands in quarantine has come, and is not missing. `seqs` in any order. */
export function withoutSeqs(ranges: readonly Range[], seqs: readonly number[]): Range[] {
  const sorted = seqs.toSorted((a, b) => a - b);
  return ranges.flatMap(({ first, last }) => {
    const parts: Range[] = [];
    let next = first;
    for (const seq of sorted) {
      if (seq < next || seq > last) continue;
      if (seq > next) parts.push({ first: next, last: seq - 1 });
      next = seq + 1;
    }
    return next <= last ? [...parts, { first: next, last }] : parts;
  });
}

/** Numbers in quarantine by device and boot. */
export function asideIndex(
  messages: readonly MessageKey[],
): (boot: DeviceId & { boot: string }) => readonly number[] {
  const keyOf = ({ tenant, device, boot }: DeviceId & { boot: string }) => `${tenant}.${device}.${boot}`;
  const index = new Map<string, number[]>();
  for (const message of messages) {
    const seqs = index.get(keyOf(message));
    if (seqs === undefined) index.set(keyOf(message), [message.seq]);
    else seqs.push(message.seq);
  }
  return (boot) => index.get(keyOf(boot)) ?? [];
}
