import {
  type Entry,
  type FieldTable,
  type ModelTable,
  type PointKind,
  type PointTable,
  type RawValue,
  VALUE_KEY,
} from '@usewire/protocol/model';

/** What a seed gives, one draw after the other; `fast-check` draws the seed and prints it. */
export interface Draw {
  int(min: number, max: number): number;
  of<T>(list: readonly T[]): T;
  bool(): boolean;
  /** Small, 32-bit and 53-bit integers of either sign. */
  anyInt(): number;
  bytes(length: number): Uint8Array;
}

const maxInt = Number.MAX_SAFE_INTEGER;

/** mulberry32 */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const of = <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!;
  return {
    int,
    of,
    bool: () => next() < 0.5,
    anyInt: () => {
      const reach = of([3, 30, 300, 70_000, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 52, maxInt]);
      const size = next() < 0.1 ? reach : Math.floor(next() * reach);
      return next() < 0.4 && size > 0 ? -size : size;
    },
    bytes: (length) => Uint8Array.from({ length }, () => int(0, 255)),
  };
}

function field(name: string, key: number, type: FieldTable['type']): FieldTable {
  return { name, key, type, optional: false, scale: 1, outside: 'refuse', delta: false };
}

function drawInt(draw: Draw, made: FieldTable): FieldTable {
  made.scale = draw.of([1, 1, 0.1, 0.001, 10]);
  made.outside = draw.of(['refuse' as const, 'keep' as const]);
  made.delta = draw.bool();
  const bounded = draw.of(['none', 'min', 'both', 'both']);
  if (bounded === 'none') return made;
  made.min = draw.int(-1000, 1000);
  if (bounded === 'both')
    made.max = made.min + draw.of([draw.int(0, 40), draw.int(0, 70_000), 4294967294, 4294967295]);
  return made;
}

function drawField(draw: Draw, name: string, key: number): FieldTable {
  const type = draw.of(['int', 'int', 'int', 'bool', 'enum', 'text', 'bytes', 'location']);
  const made = field(name, key, type as FieldTable['type']);
  made.optional = draw.bool();
  if (type === 'enum') made.labels = Array.from({ length: draw.int(1, 40) }, (_, i) => `l${i}`);
  if (type === 'text' || type === 'bytes') made.maxBytes = draw.int(1, 40);
  return type === 'int' ? drawInt(draw, made) : made;
}

function drawValueField(draw: Draw, kind: PointKind): FieldTable | null {
  if (kind === 'event') return null;
  if (kind === 'distribution') return field('value', VALUE_KEY, 'histogram');
  if (kind === 'state') return { ...field('value', VALUE_KEY, 'enum'), labels: ['off', 'on', 'eco'] };
  const made = field('value', VALUE_KEY, 'int');
  if (kind === 'counter' || kind === 'session') return { ...made, min: 0 };
  return drawInt(draw, made);
}

function drawFields(draw: Draw, kind: PointKind): FieldTable[] {
  const value = drawValueField(draw, kind);
  const fields = value === null ? [] : [value];
  if (kind === 'series' || kind === 'distribution' || kind === 'counter') return fields;
  const attributes = draw.of([0, 1, 2, 3, 4, 27]);
  for (let i = 0; i < attributes; i++) fields.push(drawField(draw, `a${i}`, i));
  if (draw.bool()) fields.push({ ...field('session', -1, 'int'), optional: true, min: 0 });
  if (draw.bool()) fields.push({ ...field('location', -2, 'location'), optional: true });
  if (draw.bool()) fields.push({ ...field('actor', -4, 'enum'), optional: true, labels: ['owner', 'guest'] });
  return fields;
}

function point(id: number, kind: PointKind, fields: FieldTable[]): PointTable {
  return {
    id,
    name: kind === 'gap' ? 'gap' : `p${id}`,
    kind,
    fields,
    hasValue: kind !== 'event',
    periodMs: kind === 'series' ? 1000 : 0,
    resolutionMs: [1, 100, 60_000][id % 3]!,
    perSubject: false,
    purpose: kind === 'gap' ? -1 : 0,
    priority: 1,
  };
}

function gapPoint(): PointTable {
  const labels = ['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown'];
  return point(0, 'gap', [
    { ...field('value', VALUE_KEY, 'int'), min: 1 },
    { ...field('cause', 0, 'enum'), labels },
    { ...field('from', 1, 'int'), optional: true, min: 0 },
    { ...field('span_ms', 2, 'int'), optional: true, min: 0 },
  ]);
}

const kinds = ['event', 'counter', 'gauge', 'state', 'session', 'series', 'distribution'] as const;

/** A table of some product: one to eight points of any kind, ids with holes, two subjects. */
export function drawTable(draw: Draw): ModelTable {
  const ids = new Set<number>();
  for (let left = draw.int(1, 8); left > 0; left--) ids.add(draw.int(1, draw.of([30, 65535])));
  const points = [...ids]
    .sort((a, b) => a - b)
    .map((id) => {
      const kind = draw.of([...kinds]);
      return point(id, kind, drawFields(draw, kind));
    });
  return {
    product: 'acme.any',
    version: 1,
    hash: draw.bytes(32),
    points: [gapPoint(), ...points],
    subjects: ['left', 'right'],
    purposes: [{ name: 'service', code: 1, needsConsent: false }],
  };
}

/**
 * The same table with other rules in some places: fields that may be left out, wider ranges, other periods. What is encoded by it
 * breaks the rules of the first one as a wrong sender would, which random damage seldom does.
 */
export function twist(draw: Draw, table: ModelTable): ModelTable {
  const points = table.points.map((one) => ({
    ...one,
    periodMs: draw.int(0, 5) === 0 ? one.periodMs + 250 : one.periodMs,
    fields: one.fields.map((from) => twistField(draw, from)),
  }));
  return { ...table, points };
}

function twistField(draw: Draw, from: FieldTable): FieldTable {
  const made = { ...from };
  if (draw.int(0, 7) === 0) made.optional = !made.optional;
  if (draw.int(0, 7) > 0) return made;
  if (made.type === 'int') made.outside = 'keep';
  if (made.labels !== undefined) made.labels = [...made.labels, 'more'];
  if (made.maxBytes !== undefined) made.maxBytes += 3;
  return made;
}

function drawNumber(draw: Draw, from: FieldTable): number {
  if (from.outside === 'keep' && draw.int(0, 3) === 0) return draw.anyInt();
  const min = from.min ?? -maxInt;
  const max = from.max ?? maxInt;
  return Math.min(max, Math.max(min, draw.bool() ? draw.anyInt() : draw.int(-200, 200)));
}

function drawHistogram(draw: Draw): number[] {
  const small = (): number => draw.int(-500, 500);
  const [a, b] = [small(), small()];
  const buckets = Array.from({ length: draw.int(0, 12) }, () => draw.int(0, 300));
  const head = [draw.int(0, 5000), small(), Math.min(a, b), Math.max(a, b), small(), draw.int(0, 9), small()];
  return [...head, ...buckets];
}

function drawLocation(draw: Draw): number[] {
  const at = [draw.int(-9e8, 9e8), draw.int(-18e8, 18e8)];
  return draw.bool() ? [...at, draw.int(0, 5000)] : at;
}

const encoder = new TextEncoder();
const letters = ['a', 'Z', '0', ' ', '\u0000', 'ß', 'é', '→', '字', '😀'];

function drawText(draw: Draw, maxBytes: number): string {
  const text = Array.from({ length: draw.int(0, 12) }, () => draw.of(letters)).join('');
  return encoder.encode(text).length <= maxBytes ? text : '';
}

function drawValue(draw: Draw, from: FieldTable): RawValue {
  if (from.optional && draw.bool()) return null;
  if (from.type === 'bool') return draw.bool();
  if (from.type === 'enum') return draw.int(0, from.labels!.length - 1);
  if (from.type === 'text') return drawText(draw, from.maxBytes!);
  if (from.type === 'bytes') return draw.bytes(draw.int(0, from.maxBytes!));
  if (from.type === 'location') return drawLocation(draw);
  return from.type === 'histogram' ? drawHistogram(draw) : drawNumber(draw, from);
}

function drawSamples(draw: Draw, from: FieldTable): number[] {
  const wild = draw.int(0, 3) === 0;
  const count = draw.int(1, 90);
  const samples = [drawNumber(draw, from)];
  for (let i = 1; i < count; i++) {
    const next = wild ? drawNumber(draw, from) : samples[i - 1]! + draw.int(-9, 9);
    samples.push(Math.min(from.max ?? maxInt, Math.max(from.min ?? -maxInt, next)));
  }
  return samples;
}

/** Entries in any order, all at or after `baseMs`; times share a step often enough that larger ticks are used. */
export function drawEntries(draw: Draw, table: ModelTable, baseMs: number): Entry[] {
  const step = draw.of([1, 10, 1000, 60_000]);
  const count = draw.int(1, 25);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const at = draw.int(0, table.points.length - 1);
    const { kind, fields } = table.points[at]!;
    const atMs = baseMs + step * draw.int(0, draw.of([40, 100_000]));
    if (kind !== 'series') {
      entries.push({ form: 'record', point: at, atMs, values: fields.map((one) => drawValue(draw, one)) });
    } else {
      const periodMs = draw.of([1000, 1000, 250, 86_400_000]);
      entries.push({ form: 'series', point: at, atMs, periodMs, samples: drawSamples(draw, fields[0]!) });
    }
  }
  return entries;
}
