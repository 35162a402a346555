/** The value (or a sample) is outside the model's bounds and the model keeps such values. */
export const FLAG_VALUE_RANGE = 1;
/** An attribute is outside its bounds and kept. */
export const FLAG_ATTRIBUTE_RANGE = 2;

/**
 * The records of one message, one row each, in order of appearance. The arrays are reused by the checker and usually longer than
 * `count`: read only the first `count` rows, before the checker's next `check`.
 */
export interface DataColumns {
  count: number;
  /** Index into `table.points`. */
  point: Uint16Array;
  /** Device uptime in ms. */
  uptimeMs: Float64Array;
  /** Raw value: scaled int, enum index, 0/1; NaN = none. Text, bytes, location, histogram: where the item stands in the message. */
  value: Float64Array;
  /** Sum of the `FLAG_*` bits. */
  flags: Uint8Array;
  /** Where the row's attributes start in `slots`; a row has as many as its point has fields besides the value. */
  slot: Uint32Array;
  /** Attribute and context values, coded like `value`. */
  slots: Float64Array;
  slotCount: number;
}

export function createColumns(rows: number): DataColumns {
  return {
    count: 0,
    point: new Uint16Array(rows),
    uptimeMs: new Float64Array(rows),
    value: new Float64Array(rows),
    flags: new Uint8Array(rows),
    slot: new Uint32Array(rows),
    slots: new Float64Array(rows * 8),
    slotCount: 0,
  };
}

function grown(wanted: number, now: number): number {
  return Math.max(wanted, now * 2);
}

/** Makes room for `rows` more rows. Callers bound `rows` by the bytes that are left, so that a lie in a count allocates nothing. */
export function reserveRows(columns: DataColumns, rows: number): void {
  const wanted = columns.count + rows;
  if (wanted <= columns.point.length) return;
  const size = grown(wanted, columns.point.length);
  const old = { ...columns };
  Object.assign(columns, {
    point: new Uint16Array(size),
    uptimeMs: new Float64Array(size),
    value: new Float64Array(size),
    flags: new Uint8Array(size),
    slot: new Uint32Array(size),
  });
  columns.point.set(old.point);
  columns.uptimeMs.set(old.uptimeMs);
  columns.value.set(old.value);
  columns.flags.set(old.flags);
  columns.slot.set(old.slot);
}

/** Makes room for `slots` more attribute slots. */
export function reserveSlots(columns: DataColumns, slots: number): void {
  const wanted = columns.slotCount + slots;
  if (wanted <= columns.slots.length) return;
  const old = columns.slots;
  columns.slots = new Float64Array(grown(wanted, old.length));
  columns.slots.set(old);
}
