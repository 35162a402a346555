import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { Path } from './shape.ts';
import { isNestedBeyond } from './yaml-depth.ts';

interface Place {
  line: number;
  column: number;
}

export interface YamlSource {
  value: unknown;
  /** Where a path is written; for what is missing, the place of the nearest thing around it. */
  placeOf(path: Path): Place;
  /** Where a key (not its value) is written. */
  placeOfKey(parent: Path, key: string): Place;
  errors: { place: Place; message: string; fatal: boolean }[];
}

/** Parses without interpolation; the core schema only, so no tag can make an object of another kind. */
export function readYaml(text: string): YamlSource {
  if (text.length > MAX_CHARACTERS) return unread(`this is longer than ${MAX_CHARACTERS} characters`);
  if (isNestedBeyond(text)) return unread(TOO_DEEP);
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const errors = doc.errors.map((error) => ({
    place: place(error.pos[0]),
    message: sentence(error.code, error.message),
    fatal: error.code !== 'DUPLICATE_KEY',
  }));
  return {
    value: errors.some((error) => error.fatal) ? undefined : plainValue(doc, errors, place),
    placeOf: (path) => place(offsetOf(doc, path)),
    placeOfKey: (parent, key) => place(keyOffset(doc, parent, key)),
    errors,
  };
}

function unread(message: string): YamlSource {
  const start = { line: 1, column: 1 };
  const errors = [{ place: start, message, fatal: true }];
  return { value: undefined, placeOf: () => start, placeOfKey: () => start, errors };
}

function plainValue(doc: Document, errors: YamlSource['errors'], place: (offset: number) => Place): unknown {
  try {
    const odd = oddNode(doc.contents, MAX_DEPTH);
    if (odd !== null) throw new Error(odd);
    const value: unknown = doc.toJS({ maxAliasCount: 20 });
    if (deeperThan(value, MAX_DEPTH)) throw new Error(TOO_DEEP);
    return value;
  } catch (error) {
    // An alias to nothing, or a bomb of aliases.
    errors.push({ place: place(0), message: (error as Error).message, fatal: true });
    return undefined;
  }
}

const MAX_CHARACTERS = 1_048_576;

/** Far more than any configuration needs; an alias inside its own anchor never ends. */
const MAX_DEPTH = 20;
const TOO_DEEP = 'this is nested too deeply, or an alias stands inside its own anchor';

/** What must not reach `toJS`: it writes a key that is a map as text, which doubles with every level of keys within keys. */
function oddNode(node: unknown, levels: number): string | null {
  if (isPair(node)) {
    if (isCollection(node.key)) return 'a key is a name, not a map or a list';
    return oddNode(node.value, levels);
  }
  if (!isCollection(node)) return null;
  if (levels === 0) return TOO_DEEP;
  for (const item of node.items) {
    const odd = oddNode(item, levels - 1);
    if (odd !== null) return odd;
  }
  return null;
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => deeperThan(item, levels - 1));
}

function sentence(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key is already given above';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; the file may hold one';
  return `this is not YAML: ${message.replace(/\s+/g, ' ').replace(/\.$/, '')}`;
}

function offsetOf(doc: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = doc.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return doc.contents?.range?.[0] ?? 0;
}

function keyOffset(doc: Document, parent: Path, key: string): number {
  const map = parent.length === 0 ? doc.contents : doc.getIn(parent, true);
  if (!isMap(map)) return offsetOf(doc, parent);
  const pair = map.items.find((item: Pair) => String(item.key) === key);
  const node = pair?.key as Node | undefined;
  return node?.range?.[0] ?? offsetOf(doc, parent);
}
