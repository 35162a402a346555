import { Code, compareKeys, limits, type Reader, type Tree } from '../wire/index.ts';

/** Keys of a description are plain words; '__proto__' and its like never become a member. */
function isPlainKey(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    const letter = key.charAt(i).toLowerCase();
    if (letter < 'a' || letter > 'z') {
      return false;
    }
  }
  return key.length > 0;
}

function readList(reader: Reader, depth: number): Tree {
  const count = reader.arrayHead(0, limits.maxArrayItems);
  const list: Tree[] = [];
  for (let i = 0; i < count && reader.code === 0; i++) {
    list.push(readTree(reader, depth + 1));
  }
  return list;
}

function readMap(reader: Reader, depth: number): Tree {
  const count = reader.mapHead(0);
  const map: { [key: string]: Tree } = {};
  let previous = '';
  for (let i = 0; i < count && reader.code === 0; i++) {
    const at = reader.at;
    const key = reader.text(1, 32);
    if (!isPlainKey(key)) {
      reader.fail(Code.schema, at, 'a key is made of letters');
    } else if (i > 0 && compareKeys(previous, key) >= 0) {
      reader.fail(previous === key ? Code.malformed : Code.notDeterministic, at, 'keys out of order');
    }
    const value = readTree(reader, depth + 1);
    if (reader.code === 0) {
      map[key] = value;
    }
    previous = key;
  }
  return map;
}

function readSimple(reader: Reader): Tree {
  const initial = reader.bytes[reader.at];
  return initial === 0xf4 || initial === 0xf5 ? reader.bool() : reader.float();
}

/** One item as data; anything that is no `Tree` fails the reader. `depth` counts the containers around it. */
export function readTree(reader: Reader, depth: number): Tree {
  const major = reader.peekMajor();
  if (major === 4 || major === 5) {
    if (depth >= limits.maxDepth) {
      reader.fail(Code.malformed, reader.at, 'nested deeper than ' + limits.maxDepth);
      return 0;
    }
    return major === 4 ? readList(reader, depth) : readMap(reader, depth);
  }
  if (major === 3) {
    return reader.text(0, 4000);
  }
  if (major === 2) {
    return new Uint8Array(reader.byteString(0, limits.maxValueBytes));
  }
  return major === 7 ? readSimple(reader) : reader.int();
}
