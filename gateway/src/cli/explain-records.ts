import { compileModel, type DecodedRecord, materialise } from '@usewire/protocol/check';
import { type Model, modelTable } from '@usewire/protocol/model';
import { type Clock, type DataMessage, type ExportMessage, Kind, toHex } from '@usewire/protocol/wire';
import { decode } from 'cbor-x';
import { explainFailure } from './explain-failure.ts';
import { uptime } from './words.ts';

/** The records: in the model's words when it is given and is the right one, else as far as they can be read without. */
export function explainRecords(
  bytes: Uint8Array,
  message: DataMessage | ExportMessage,
  model: Model | undefined,
): { ok: boolean; text: string } {
  if (!model) return { ok: true, text: withoutModel(message.records) };
  if (message.kind !== Kind.data)
    return { ok: true, text: 'records of an export are read without a model only\n' };
  const table = modelTable(model);
  const [wanted, given] = [toHex(message.modelHash), toHex(table.hash.subarray(0, 4))];
  if (wanted !== given) {
    const text = `made with model ${wanted}; ${model.product} version ${model.version} is ${given}: give the model it was made with\n`;
    return { ok: false, text };
  }
  const verdict = compileModel(table).check(bytes);
  if (!verdict.ok) return { ok: false, text: explainFailure(bytes, verdict) };
  const subject =
    verdict.subject > 0 ? `, subject ${table.subjects[verdict.subject - 1] ?? verdict.subject}` : '';
  const gaps = verdict.gapCount > 0 ? `, and ${verdict.gapCount} lost` : '';
  const head = `${verdict.recordCount} records of ${model.product} version ${model.version}${subject}${gaps}`;
  const lines = materialise(table, verdict).map((record) => recordWords(record, message, model));
  return { ok: true, text: `${[head, ...lines].join('\n')}\n` };
}

function recordWords(record: DecodedRecord, message: DataMessage, model: Model): string {
  const point = model.points[record.point];
  const unit = point?.unit && point.unit !== '1' ? ` ${point.unit}` : '';
  const value = record.value === null ? '' : ` = ${shown(record.value)}${unit}`;
  const attributes = Object.entries(record.attributes).map(
    ([name, found]) => ` ${name}=${shown(found)}${attributeUnit(point?.attributes[name]?.unit)}`,
  );
  const flags = record.flags.length > 0 ? `  [${record.flags.join(', ')}]` : '';
  const at = when(record.uptimeMs, message.uptimeMs, message.clock);
  return `${String(record.index).padStart(4)}  ${at}  ${record.kind} ${record.point}${value}${attributes.join('')}${flags}`;
}

function attributeUnit(unit: string | undefined): string {
  return unit && unit !== '1' ? ` ${unit}` : '';
}

function when(uptimeMs: number, baseMs: number, clock: Clock | undefined): string {
  if (clock === undefined) return `uptime ${uptime(uptimeMs)}`;
  return new Date(clock.unixMs + uptimeMs - baseMs).toISOString();
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Numbers of points and fields only: names travel once per model, not with the records. */
function withoutModel(records: Uint8Array): string {
  if (records[0]! >> 5 === 2) return `packed records: give the model (--model) to read them\n`;
  const entries = decode(records) as unknown[];
  const lines = entries.map((entry, index) => `${String(index).padStart(4)}  ${diagnostic(entry)}`);
  return `${entries.length} entries [point, dt, value, attributes]; give the model (--model) for names and units\n${lines.join('\n')}\n`;
}

function diagnostic(value: unknown): string {
  if (value instanceof Uint8Array) return `h'${toHex(value)}'`;
  if (Array.isArray(value)) return `[${value.map(diagnostic).join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as unknown as ArrayLike<number>).join(', ')}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${key}: ${diagnostic(item)}`).join(', ')}}`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${diagnostic(item)}`)
      .join(', ')}}`;
  }
  return String(JSON.stringify(value));
}
