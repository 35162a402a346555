import { Code } from './codes.ts';
import { Label } from './labels.ts';
import { limits } from './limits.ts';
import { readFields, writeMessage } from './message-spec.ts';
import { Reader } from './reader.ts';
import { type Message, messageSpecs } from './registry.ts';
import { failure, type Result, success } from './result.ts';
import { Writer } from './writer.ts';

type MessageRecord = { [name: string]: unknown };

/** Appends a message to a writer, which may overflow. A value that its type does not allow throws: it is a bug. */
export function encodeMessageTo(writer: Writer, message: Message): void {
  const spec = messageSpecs[message.kind];
  if (spec === undefined) throw new Error('cannot encode: no message kind ' + message.kind);
  writeMessage(writer, spec, message as unknown as MessageRecord);
}

/** The message's bytes. Throws on a value that its type does not allow, and above `limits.maxMessageBytes`. */
export function encodeMessage(message: Message): Uint8Array {
  const writer = new Writer(limits.maxMessageBytes);
  encodeMessageTo(writer, message);
  return writer.finish();
}

/** Reads the map head and the kind, which deterministic order puts first. */
function readKind(reader: Reader): number {
  const at = reader.at;
  if (reader.peekMajor() === 5 && reader.bytes[at] === 0xa0)
    reader.fail(Code.schema, at, 'label 0 (kind) is missing');
  const pairs = reader.mapHead(1);
  const keyAt = reader.at;
  const first = reader.int();
  if (reader.code === 0 && first !== Label.kind) reader.fail(Code.schema, keyAt, 'label 0 (kind) is missing');
  return pairs;
}

/**
 * One whole message, strictly: the first offence in byte order is the answer. Byte strings in the message are views
 * into `bytes`. Never throws, whatever the bytes.
 */
export function decodeMessage(bytes: Uint8Array): Result<Message> {
  if (bytes.length > limits.maxMessageBytes)
    return failure(Code.tooLarge, 0, bytes.length + ' bytes in one message');
  const reader = new Reader(bytes);
  const pairs = readKind(reader);
  const kindAt = reader.at;
  const kind = reader.uint(limits.maxInt);
  if (reader.code !== 0) return { ok: false, error: reader.failure() };
  const spec = messageSpecs[kind];
  if (spec === undefined) return failure(Code.version, kindAt, 'message kind ' + kind + ' is not of POU 1');
  const message = readFields(reader, spec, pairs);
  const problem = reader.code === 0 ? spec.check(message as never) : '';
  if (problem !== '') reader.fail(Code.schema, 0, problem);
  if (reader.code !== 0) return { ok: false, error: reader.failure() };
  return success(message as unknown as Message);
}
