import type { FieldTable, Point, PointTable } from '../../model/index.ts';

/** Records a day of a point, and whether the number is only the kind's usual one. */
export interface PerDay {
  count: number;
  assumed: boolean;
}

const dayMs = 86_400_000;

/** Used a few hours a day by one household; a maker who knows better passes the numbers. */
const usual: Record<Point['kind'], number> = {
  event: 20,
  counter: 24,
  gauge: 96,
  state: 20,
  session: 2,
  series: 0,
  distribution: 24,
};

/** A series is taken to run all day: an upper bound. */
export function recordsPerDay(point: Point, expected: number | undefined): PerDay {
  if (expected !== undefined) return { count: expected, assumed: false };
  if (point.kind === 'series') return { count: Math.round(dayMs / (point.periodMs ?? dayMs)), assumed: true };
  return { count: usual[point.kind], assumed: true };
}

/** Bytes of an integer's CBOR head. */
function headBytes(value: number): number {
  const size = Math.abs(value);
  if (size < 24) return 1;
  if (size < 256) return 2;
  return size < 65_536 ? 3 : 5;
}

function fieldBytes(field: FieldTable): number {
  switch (field.type) {
    case 'bool':
      return 1;
    case 'enum':
      return headBytes((field.labels?.length ?? 1) - 1);
    case 'int':
      return field.max === undefined ? 3 : headBytes(Math.max(Math.abs(field.min ?? 0), Math.abs(field.max)));
    case 'location':
      return 13;
    case 'histogram':
      return 24;
    default:
      return 2 + (field.maxBytes ?? 64) / 2;
  }
}

/** Bytes of one record in the plain form, without its message: optional fields count half, texts as half full. */
export function bytesPerRecord(point: PointTable): number {
  // Measured on a night of heart rates: 2.5 to 3 bits a sample packed.
  if (point.kind === 'series') return 3 / 8;
  const head = 1 + headBytes(point.id) + 3;
  const fields = point.fields.reduce((sum, field, index) => {
    const key = index === 0 && point.hasValue ? 0 : 1;
    return sum + (fieldBytes(field) + key) * (field.optional ? 0.5 : 1);
  }, 0);
  const attributes = point.fields.length > (point.hasValue ? 1 : 0) ? 1 : 0;
  return head + fields + attributes;
}

export function bytesPerDay(point: PointTable, records: number): number {
  return Math.ceil(bytesPerRecord(point) * records);
}
