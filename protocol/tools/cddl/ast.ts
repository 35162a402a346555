/** What the parser makes of the file. A type is always a list of alternatives. */
export type Type = Alternative[];

export type Alternative =
  | { is: 'literal'; value: number }
  | { is: 'range'; min: number; max: number }
  | { is: 'name'; name: string; args: Type[]; line: number }
  | { is: 'map' | 'array'; group: Entry[] }
  | { is: 'tag'; number: number; content: Type }
  | { is: 'enum'; values: number[] }
  | { is: 'size'; of: Alternative; min: number; max: number }
  | { is: 'le'; of: Alternative; max: number }
  | { is: 'cbor'; of: Alternative; content: Alternative };

export interface Entry {
  min: number;
  max: number;
  /** Map entries: the type of the key. */
  key: Type | null;
  /** A type, or a group in parentheses. A name may stand for either. */
  item: { type: Type } | { group: Entry[] };
}

export interface Rule {
  name: string;
  params: string[];
  body: { type: Type } | { group: Entry[] };
}
