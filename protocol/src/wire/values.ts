import { Code } from './codes.ts';
import { Major } from './head-reader.ts';
import { arrayItem, bytesItem, type ItemType, textItem } from './items.ts';
import { limits } from './limits.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** A value in state and config maps. */
export type Value = number | boolean | string | Uint8Array;

const valueText = textItem(0, limits.maxValueBytes);
const valueBytes = bytesItem(0, limits.maxValueBytes);

function isWireInt(value: number): boolean {
  return Math.floor(value) === value && value >= -limits.maxInt && value <= limits.maxInt;
}

function readSimple(reader: Reader): Value {
  const at = reader.at;
  const low = reader.bytes[at] & 31;
  if (low < 25) return reader.bool();
  const value = reader.float();
  // One value, one encoding: JavaScript could not tell 1.0 from 1 and would write it back as another message.
  if (reader.code === 0 && isWireInt(value))
    reader.fail(Code.notDeterministic, at, 'float where an integer does');
  return value;
}

/** Numbers without a fraction travel as integers, all others as floats. */
export const valueItem: ItemType<Value> = {
  read: function (reader: Reader): Value {
    const major = reader.peekMajor();
    if (major === Major.text) return valueText.read(reader);
    if (major === Major.bytes) return valueBytes.read(reader);
    return major === Major.simple ? readSimple(reader) : reader.int();
  },
  write: function (writer: Writer, value: Value): void {
    if (typeof value === 'boolean') writer.bool(value);
    else if (typeof value === 'string') valueText.write(writer, value);
    else if (typeof value !== 'number') valueBytes.write(writer, value);
    else if (isWireInt(value)) writer.int(value);
    else writer.float(value);
  },
};

const valueList = arrayItem(valueItem, 0, limits.maxMapPairs);

/** A value or a list of values. */
export const configValueItem: ItemType<Value | Value[]> = {
  read: function (reader: Reader): Value | Value[] {
    return reader.peekMajor() === Major.array ? valueList.read(reader) : valueItem.read(reader);
  },
  write: function (writer: Writer, value: Value | Value[]): void {
    if (Array.isArray(value)) valueList.write(writer, value);
    else valueItem.write(writer, value);
  },
};
