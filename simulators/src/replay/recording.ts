import type { ReplayProduct } from './models/index.ts';

type Format = 'fit' | 'gpx' | 'geojson' | 'csv';

export interface Position {
  /** Degrees, WGS 84. */
  lat: number;
  lon: number;
}

/** In units of the product model; what a row leaves out is undefined and is not sent. */
export type Values = Record<string, number | string | boolean | Position | undefined>;

/** What the device of the recording did, at Unix ms of the recording's own time. */
export type Action =
  | { form: 'record'; point: string; atMs: number; value?: number | string; attributes?: Values }
  | { form: 'sample'; point: string; atMs: number; value: number }
  | { form: 'session'; point: string; atMs: number; endMs: number; attributes?: Values };

/** A row that could not be played. It is told, never passed over in silence. */
export interface RowProblem {
  /** Line of a text file, 1-based; 0 where the format has no lines. */
  line: number;
  message: string;
}

export interface Recording {
  format: Format;
  /** What kind of file it was, in words: 'FIT activity', 'CSV of a metering plug'. */
  layout: string;
  product: ReplayProduct;
  /** Several files of one thing (the days of one car) share a device; undefined: the file is a device of its own. */
  device?: string;
  /** Rows (FIT: record messages) that the file has, with the bad ones. */
  rows: number;
  problems: RowProblem[];
  /** Fields of the file for which the model has no point: told once, not once a row. */
  ignored: string[];
  /** Ordered by time; actions of the same time stand in the file's order. */
  actions: Action[];
}

export type ReadOutcome = { ok: true; recording: Recording } | { ok: false; message: string };

/** What a reader may know besides the file's own bytes. */
export interface ReadContext {
  /** File name without folders. */
  name: string;
  /** Name of the folder the file is in, '' if unknown. */
  folder: string;
  /** Local time of a recording without zone -> Unix ms. */
  toUnixMs(local: LocalTime): number;
  /** The date taken for day 1 of recordings whose dates were removed. */
  firstDay: { year: number; month: number; day: number };
  /** Text of another file of the same folder, if it is there. */
  sibling(name: string): string | undefined;
}

export interface LocalTime {
  year: number;
  /** 1..12. */
  month: number;
  /** 1..; may run over the end of the month. */
  day: number;
  /** Ms since local midnight. */
  timeOfDayMs: number;
}

export function failed(message: string): ReadOutcome {
  return { ok: false, message };
}

/** When an action is over, which is when a device can send it. */
function doneAtMs(action: Action): number {
  return action.form === 'session' ? action.endMs : action.atMs;
}

/** Stable: repeated timestamps keep the file's order. */
export function inOrder(actions: Action[]): Action[] {
  return actions.sort((a, b) => doneAtMs(a) - doneAtMs(b));
}
