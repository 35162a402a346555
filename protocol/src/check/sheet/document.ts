/** A text, or a name as it stands in the model. Words of a model may be anything: whoever writes them out makes them harmless. */
export type Word = string | { code: string };
export type Line = readonly Word[];
/** One line under the other. */
export type Cell = readonly Line[];

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; lines: readonly Line[] }
  | { kind: 'list'; items: readonly Line[] }
  | { kind: 'table'; head: readonly string[]; rows: readonly (readonly Cell[])[] };

/** What a data sheet says, before it is written in some format. */
export interface SheetDocument {
  title: string;
  blocks: readonly Block[];
}

export const heading = (text: string): Block => ({ kind: 'heading', text });
export const paragraph = (...lines: Line[]): Block => ({ kind: 'paragraph', lines });
export const code = (name: string): Word => ({ code: name });

/** `a`, `b`, ... with commas between. */
export function listed(names: readonly string[]): Line {
  return names.flatMap((name, index) => (index === 0 ? [code(name)] : [', ', code(name)]));
}
