/**
 * What a recorder hands to the encoder: raw values as they travel (scaled integers, enum indexes), never model units.
 * A `null` is an optional field that is absent.
 */
export type RawValue = number | string | boolean | Uint8Array | number[] | null;

export interface RecordEntry {
  form: 'record';
  /** Index into `table.points` (not the point's id). */
  point: number;
  /** Uptime in ms, at or after the message's base. */
  atMs: number;
  /** One per field of the point, in field order. */
  values: RawValue[];
}

export interface SeriesEntry {
  form: 'series';
  /** Index into `table.points`. */
  point: number;
  /** Uptime in ms of the first sample. */
  atMs: number;
  /** ms from one sample to the next. */
  periodMs: number;
  /** Scaled integers, at least one. */
  samples: number[];
}

export type Entry = RecordEntry | SeriesEntry;

/** `plain` is CBOR that any tool can read; `packed` is one bit stream, about half the bytes. */
export type RecordsForm = 'plain' | 'packed';
