import type { Field } from '../fields.ts';
import { bytesField, doubleField, textField, varintField } from './protobuf.ts';

/** Sparkplug 3.0, 6.4.16: data types. */
const UINT64 = 8;
const BOOLEAN = 11;
const STRING = 12;
const TYPES = { number: 10, text: STRING, boolean: BOOLEAN } as const;

/** Fields of Payload and Payload.Metric (sparkplug_b.proto). */
const PAYLOAD = { timestamp: 1, metric: 2, seq: 3 };
const METRIC = {
  name: 1,
  timestamp: 3,
  datatype: 4,
  isHistorical: 5,
  isNull: 7,
  properties: 9,
  long: 11,
  double: 13,
  boolean: 14,
  string: 15,
};
const PROPERTIES = { keys: 1, values: 2, valueType: 1, valueString: 8 };

/** Older than what was said before: a host must not take it for the state of now. */
export interface Said {
  atMs: number;
  isHistorical: boolean;
  /** Of the record, as the property `id`. */
  id: string;
}

export function valueMetric({ name, type, value }: Field, { atMs, isHistorical, id }: Said): Uint8Array {
  return bytesField(
    PAYLOAD.metric,
    textField(METRIC.name, name),
    varintField(METRIC.timestamp, timeOf(atMs)),
    varintField(METRIC.datatype, TYPES[type]),
    isHistorical ? varintField(METRIC.isHistorical, 1) : NOTHING,
    bytesField(METRIC.properties, textField(PROPERTIES.keys, 'id'), idProperty(id)),
    encodedValue(value),
  );
}

/** In a birth: there is such a metric, and nothing is known of it. */
export function unknownMetric(name: string, type: Field['type'], atMs: number): Uint8Array {
  return bytesField(
    PAYLOAD.metric,
    textField(METRIC.name, name),
    varintField(METRIC.timestamp, timeOf(atMs)),
    varintField(METRIC.datatype, TYPES[type]),
    varintField(METRIC.isNull, 1),
  );
}

/** Pairs a birth with the death of the same connection. */
export function bdSeqMetric(bdSeq: number, atMs: number): Uint8Array {
  return bytesField(
    PAYLOAD.metric,
    textField(METRIC.name, 'bdSeq'),
    varintField(METRIC.timestamp, timeOf(atMs)),
    varintField(METRIC.datatype, UINT64),
    varintField(METRIC.long, bdSeq),
  );
}

export function switchMetric(name: string, atMs: number): Uint8Array {
  return bytesField(
    PAYLOAD.metric,
    textField(METRIC.name, name),
    varintField(METRIC.timestamp, timeOf(atMs)),
    varintField(METRIC.datatype, BOOLEAN),
    varintField(METRIC.boolean, 0),
  );
}

export function payloadTime(atMs: number): Uint8Array {
  return varintField(PAYLOAD.timestamp, timeOf(atMs));
}

export function payloadSeq(seq: number): Uint8Array {
  return varintField(PAYLOAD.seq, seq);
}

const NOTHING = new Uint8Array();

function idProperty(id: string): Uint8Array {
  return bytesField(
    PROPERTIES.values,
    varintField(PROPERTIES.valueType, STRING),
    textField(PROPERTIES.valueString, id),
  );
}

function encodedValue(value: Field['value']): Uint8Array {
  if (typeof value === 'boolean') return varintField(METRIC.boolean, value ? 1 : 0);
  return typeof value === 'number' ? doubleField(METRIC.double, value) : textField(METRIC.string, value);
}

/** Unsigned: what is before 1970 is said to be of then. */
function timeOf(atMs: number): number {
  return Math.max(0, Math.round(atMs));
}
