import { lamp } from './lamp.ts';

/** One vector a line: a changed vector is one changed line in review. */
export function textOf(rows: object[]): string {
  return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}

/** The model file that record vectors name. */
export function modelText(): string {
  return `${JSON.stringify(lamp, null, 2)}\n`;
}
