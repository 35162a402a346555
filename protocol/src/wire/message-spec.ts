import { Code } from './codes.ts';
import { type Elective, sortedElective } from './elective.ts';
import { bootItem, type ItemType, messageDepth, msItem, u32Item } from './items.ts';
import type { KindCode } from './kinds.ts';
import { Label } from './labels.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** What every message has: its kind, and labels that a receiver may ignore. */
export interface Envelope {
  kind: KindCode;
  elective?: Elective[];
}

type FieldOf<T, K extends keyof T> = {
  label: number;
  name: K;
  type: ItemType<Exclude<T[K], undefined>>;
  optional: undefined extends T[K] ? true : false;
};

/** One line a label: optional exactly where the message's type says so. */
export type FieldsOf<T> = { [K in keyof T]-?: FieldOf<T, K> }[keyof T][];

interface AnyField {
  label: number;
  name: string;
  type: ItemType<unknown>;
  optional: boolean;
}

/** How messages of one kind are read and written; made by `defineMessage`. */
export interface MessageSpec {
  kind: KindCode;
  /** In order of labels. */
  fields: AnyField[];
  /** What the fields say together; '' when it is right. */
  check: (message: never) => string;
}

type MessageRecord = { [name: string]: unknown };

/** Every message that a device sends says where in its life it was made (labels 1 to 3). */
export interface UpHead {
  /** Consumed by data, choice, erase-ack, export and erase-req; in the others the next one to be used. */
  seq: number;
  boot: number | Uint8Array;
  /** Uptime of the message's base. */
  uptimeMs: number;
}

const upHeadFields: FieldsOf<UpHead> = [
  { label: Label.seq, name: 'seq', type: u32Item, optional: false },
  { label: Label.boot, name: 'boot', type: bootItem, optional: false },
  { label: Label.uptimeMs, name: 'uptimeMs', type: msItem, optional: false },
];

/** `fields` in order of labels, without kind and elective, which all messages share. */
export function defineMessage<T extends Envelope>(
  kind: KindCode,
  fields: FieldsOf<Omit<T, keyof Envelope>>,
  check: (message: T) => string,
): MessageSpec {
  return { kind: kind, fields: fields as unknown as AnyField[], check: check };
}

/** The same for messages that a device sends: labels 1 to 3 go before `fields`. */
export function defineUpMessage<T extends Envelope & UpHead>(
  kind: KindCode,
  fields: FieldsOf<Omit<T, keyof Envelope | keyof UpHead>>,
  check: (message: T) => string,
): MessageSpec {
  const own = fields as unknown as AnyField[];
  return { kind: kind, fields: (upHeadFields as unknown as AnyField[]).concat(own), check: check };
}

/** For kinds whose fields need no look at each other. */
export function nothingToCheck(): string {
  return '';
}

/** Where the reading of fields stands: labels rise, so each field is looked at once. */
interface Progress {
  next: number;
  /** The first needed field that was passed over. Told last: only the whole message shows that it does not come. */
  missing: AnyField | null;
}

/** Moves up to the field with this label or beyond it. */
function passTo(progress: Progress, fields: AnyField[], label: number): void {
  for (; progress.next < fields.length && fields[progress.next].label < label; progress.next++) {
    if (!fields[progress.next].optional && progress.missing === null)
      progress.missing = fields[progress.next];
  }
}

/** The field with this label, or null when the kind has none. */
function fieldAt(progress: Progress, fields: AnyField[], label: number): AnyField | null {
  passTo(progress, fields, label);
  if (progress.next === fields.length || fields[progress.next].label !== label) return null;
  return fields[progress.next++];
}

function readPair(reader: Reader, field: AnyField | null, message: MessageRecord): boolean {
  if (field !== null) message[field.name] = field.type.read(reader);
  return field !== null;
}

/** Reads the pairs after the kind, to the end of the bytes. The reader holds what was refused. */
export function readFields(reader: Reader, spec: MessageSpec, pairs: number): MessageRecord {
  const message: MessageRecord = { kind: spec.kind };
  const progress: Progress = { next: 0, missing: null };
  let label = 0;
  for (let i = 1; i < pairs && reader.code === 0; i++) {
    const at = reader.at;
    label = reader.keyAfter(label, false);
    if (label < 0) readElective(reader, message, label);
    else if (reader.code === 0 && !readPair(reader, fieldAt(progress, spec.fields, label), message)) {
      reader.fail(Code.criticalLabel, at, 'critical label ' + label + ' unknown to this kind');
    }
  }
  reader.finish();
  passTo(progress, spec.fields, Infinity);
  const missing = progress.missing;
  if (missing !== null)
    reader.fail(Code.schema, reader.at, 'label ' + missing.label + ' (' + missing.name + ') is missing');
  return message;
}

function readElective(reader: Reader, message: MessageRecord, label: number): void {
  const item = reader.item(messageDepth);
  if (message.elective === undefined) message.elective = [];
  (message.elective as Elective[]).push({ label: label, item: item });
}

function countPairs(message: MessageRecord, spec: MessageSpec): number {
  let pairs = 1;
  for (let i = 0; i < spec.fields.length; i++) {
    const field = spec.fields[i];
    if (message[field.name] !== undefined) pairs++;
    else if (!field.optional) throw new Error('cannot encode: ' + field.name + ' is missing');
  }
  return pairs;
}

/** Writes a whole message. A value that its type does not allow throws: it is a bug of the caller. */
export function writeMessage(writer: Writer, spec: MessageSpec, message: MessageRecord): void {
  const problem = spec.check(message as never);
  if (problem !== '') throw new Error('cannot encode: ' + problem);
  const elective = sortedElective(message.elective as Elective[] | undefined);
  writer.mapHead(countPairs(message, spec) + elective.length);
  writer.uint(Label.kind);
  writer.uint(spec.kind);
  for (let i = 0; i < spec.fields.length; i++) {
    const field = spec.fields[i];
    const value = message[field.name];
    if (value === undefined) continue;
    writer.uint(field.label);
    field.type.write(writer, value);
  }
  for (let i = 0; i < elective.length; i++) {
    writer.int(elective[i].label);
    writer.raw(elective[i].item);
  }
}
