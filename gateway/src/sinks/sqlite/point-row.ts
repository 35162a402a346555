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
