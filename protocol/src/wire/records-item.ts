import { Code } from './codes.ts';
import { Major } from './head-reader.ts';
import { type ItemType, messageDepth } from './items.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/**
 * Label 7 as its encoded item: an array of entries (plain) or a byte string (packed). What is inside needs the model;
 * here it is only held to be well-formed and deterministic. `minLength` 1 refuses an empty array or string.
 */
export function recordsItem(minLength: number): ItemType<Uint8Array> {
  return {
    read: function (reader: Reader): Uint8Array {
      const at = reader.at;
      const major = reader.peekMajor();
      const item = reader.item(messageDepth);
      if (reader.code !== 0) return item;
      if (major !== Major.array && major !== Major.bytes)
        reader.fail(Code.schema, at, 'records are an array or bytes');
      else if (item.length < 1 + minLength) reader.fail(Code.schema, at, 'no records');
      return item;
    },
    write: function (writer: Writer, value: Uint8Array): void {
      const major = value.length === 0 ? -1 : value[0] >> 5;
      if ((major !== Major.array && major !== Major.bytes) || value.length < 1 + minLength) {
        throw new Error('records are not the item of label 7: an encoded array or byte string');
      }
      writer.raw(value);
    },
  };
}
