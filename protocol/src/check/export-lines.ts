import { decodeModel } from '../model/index.ts';
import { modelTable } from '../model/model-table.ts';
import { type Clock, type DataMessage, decodeMessage, Kind, toHex } from '../wire/index.ts';
import { compileModel } from './compile.ts';
import { type DecodedRecord, materialise } from './materialise.ts';
import { toDataSheet } from './sheet/data-sheet.ts';

export interface ExportSource {
  /** Canonical descriptions of the models that the messages name. */
  readonly models: readonly Uint8Array[];
  /** Data messages, as they travel. */
  readonly messages: readonly Uint8Array[];
}

const HASH_BYTES = 4;

function readerOf(bytes: Uint8Array) {
  const decoded = decodeModel(bytes);
  if (!decoded.ok) return [];
  const table = modelTable(decoded.value);
  const { product, version, hash } = table;
  const line = { kind: 'model', hash: toHex(hash), product, version, sheet: toDataSheet(decoded.value) };
  return [{ table, checker: compileModel(table), key: toHex(hash.subarray(0, HASH_BYTES)), line }];
}

const bootText = (boot: number | Uint8Array): string =>
  typeof boot === 'number' ? String(boot) : toHex(boot);

/** Bytes are hex, as JSON has none. */
const jsonValue = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? toHex(value) : value;

/** Unix ms of uptime 0 by boot: a message may leave its clock to one before it (POU-TIME-2). */
type Origins = Map<string, number>;

function noteClock(origins: Origins, boot: string, clock: Clock | undefined, uptimeMs: number): void {
  if (clock !== undefined && clock.quality > 0) origins.set(boot, clock.unixMs - uptimeMs);
}

function recordLine(
  message: DataMessage,
  subjects: readonly string[],
  originMs: number | undefined,
  record: DecodedRecord,
) {
  const { point, uptimeMs, value, attributes, index } = record;
  const subject = message.subject === undefined ? null : (subjects[message.subject - 1] ?? message.subject);
  const at = originMs === undefined ? {} : { at: new Date(originMs + uptimeMs).toISOString() };
  const place = { boot: bootText(message.boot), seq: message.seq, index };
  return {
    kind: 'record',
    subject,
    point,
    ...at,
    uptimeMs,
    value,
    attributes,
    epoch: message.epoch,
    ...place,
  };
}

/**
 * What a device gives to the person it belongs to, as JSON Lines: a line a model with its data sheet, then a line a record. Messages that cannot be read
 * are named in a line of their own: nothing is left out silently.
 */
export function exportLines({ models, messages }: ExportSource): string {
  const readers = models.flatMap(readerOf);
  const lines: object[] = readers.map(({ line }) => line);
  const origins: Origins = new Map();
  for (const bytes of messages) {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok || decoded.value.kind !== Kind.data) {
      lines.push({ kind: 'unreadable', bytes });
      continue;
    }
    const message = decoded.value;
    const reader = readers.find(({ key }) => key === toHex(message.modelHash));
    const verdict = reader?.checker.check(bytes);
    if (reader === undefined || !verdict?.ok) {
      lines.push({ kind: 'unreadable', bytes });
      continue;
    }
    const boot = bootText(message.boot);
    noteClock(origins, boot, message.clock, message.uptimeMs);
    const records = materialise(reader.table, verdict).filter(({ pointId }) => pointId !== 0);
    for (const record of records)
      lines.push(recordLine(message, reader.table.subjects, origins.get(boot), record));
  }
  return lines.map((line) => `${JSON.stringify(line, jsonValue)}\n`).join('');
}
