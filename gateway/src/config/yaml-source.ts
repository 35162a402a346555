import { type Document, isMap, isNode, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { Path } from './shape.ts';

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

function plainValue(doc: Document, errors: YamlSource['errors'], place: (offset: number) => Place): unknown {
  try {
    const value: unknown = doc.toJS({ maxAliasCount: 20 });
    if (deeperThan(value, MAX_DEPTH))
      throw new Error('this is nested too deeply, or an alias stands inside its own anchor');
    return value;
  } catch (error) {
    // An alias to nothing, or a bomb of aliases.
    errors.push({ place: place(0), message: (error as Error).message, fatal: true });
    return undefined;
  }
}

/** Far more than any configuration needs; an alias inside its own anchor never ends. */
const MAX_DEPTH = 20;

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
