import type { Model } from '@usewire/protocol/model';
import { snake, unique } from './names.ts';

/** A point's row in `points`: how a table is found again, whatever its model calls it later. */
export interface PointRow {
  product: string;
  point_id: number;
  point: string;
  kind: string;
  unit: string | null;
  purpose: string;
  table_name: string;
  view_name: string;
  value_column: string | null;
}

/** Names of the sinks' own tables and views. */
const RESERVED = ['points', 'gap_rows', 'gaps', 'records', 'sessions', 'migrations'];

/** The row of a point that is not known yet, under names that nothing has. `fit` shortens a name to what the database takes. */
export function newPointRow(
  { model, name, valueColumn }: { model: Model; name: string; valueColumn: string | null },
  known: readonly PointRow[],
  fit: (name: string) => string = (whole) => whole,
): PointRow {
  const point = model.points[name]!;
  const taken = new Set([...RESERVED, ...known.flatMap((row) => [row.table_name, row.view_name])]);
  const view = unique(fit(`${snake(model.product)}_${snake(name)}`), taken);
  return {
    product: model.product,
    point_id: point.id,
    point: name,
    kind: point.kind,
    unit: point.kind === 'session' ? 's' : (point.unit ?? null),
    purpose: String(point.for),
    table_name: unique(`${view}_rows`, taken),
    view_name: view,
    value_column: valueColumn,
  };
}
