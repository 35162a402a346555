type StorageMark =
  | { appends: string; hex: string }
  | { removes: string }
  | { syncs: number }
  | { synced: number }
  | { puts: string; digest: string }
  | { put: string };

/** What a device's storage owes at one moment of a life. */
export interface StorageHistory {
  /** Everything that was appended, and how much of it is promised. */
  segments: Map<string, Segment>;
  values: Map<string, { promised: string | null; asked: string | null }>;
  /** Of each sync under way, what it promises when it is answered. */
  underWay: Map<number, { lengths: Map<string, number>; removed: Set<string> }>;
}

interface Segment {
  bytes: Buffer;
  promisedLength: number;
  /** asked: it may be there or not. */
  removed: 'no' | 'asked' | 'promised';
}

export function storageHistory(): StorageHistory {
  return { segments: new Map(), values: new Map(), underWay: new Map() };
}

export function noteStorage(history: StorageHistory, text: string): void {
  const { segments, values, underWay } = history;
  const mark = JSON.parse(text) as StorageMark;
  if ('appends' in mark) {
    const known = segments.get(mark.appends) ?? {
      bytes: Buffer.alloc(0),
      promisedLength: 0,
      removed: 'no' as const,
    };
    segments.set(mark.appends, {
      ...known,
      bytes: Buffer.concat([known.bytes, Buffer.from(mark.hex, 'hex')]),
    });
  } else if ('removes' in mark) {
    segments.get(mark.removes)!.removed = 'asked';
  } else if ('syncs' in mark) {
    const removed = [...segments].filter(([, segment]) => segment.removed === 'asked').map(([name]) => name);
    const lengths = new Map([...segments].map(([name, { bytes }]) => [name, bytes.length]));
    underWay.set(mark.syncs, { lengths, removed: new Set(removed) });
  } else if ('synced' in mark) {
    keepSync(history, mark.synced);
  } else if ('puts' in mark) {
    values.set(mark.puts, { promised: values.get(mark.puts)?.promised ?? null, asked: mark.digest });
  } else {
    values.set(mark.put, { promised: values.get(mark.put)!.asked, asked: null });
  }
}

function keepSync({ segments, underWay }: StorageHistory, number: number): void {
  const { lengths, removed } = underWay.get(number)!;
  underWay.delete(number);
  for (const [name, length] of lengths) {
    const segment = segments.get(name)!;
    segment.promisedLength = Math.max(segment.promisedLength, length);
    if (removed.has(name)) segment.removed = 'promised';
  }
}
