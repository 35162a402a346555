import { compileModel, type DataChecker, type DataVerdict, materialise } from '@usewire/protocol/check';
import type { Model, ModelTable } from '@usewire/protocol/model';
import { Code, type DataMessage, decodeMessage, Kind, toHex } from '@usewire/protocol/wire';
import { modelKey } from './model-key.ts';
import type { SinkRecord, StoredMessage } from './ports.ts';
import { DRIFT } from './time-map.ts';

export interface SourceModel {
  model: Model;
  table: ModelTable;
}

/** Where models come from, by tenant and hex of the 4-byte hash: the same object for as long as it is the same model. */
export type ModelSource = (tenant: string, modelHash: string) => SourceModel | undefined;

export type Decoded =
  | { ok: true; records: SinkRecord[]; models: Map<string, Model> }
  | { ok: false; kind: 'unknown-model' | 'undecodable'; position: number; detail: string };

/** Turns stored messages into records as sinks see them; messages of other kinds than `data` bring none. */
export function createRecordDecoder(source: ModelSource): (messages: readonly StoredMessage[]) => Decoded {
  const known = new Map<ModelTable, KnownModel>();
  return (messages) => {
    const models = new Map<string, Model>();
    const records: SinkRecord[] = [];
    for (const message of messages) {
      if (message.kind !== Kind.data) continue;
      const sourced = source(message.tenant, message.modelHash);
      if (!sourced) {
        const detail = `model ${message.modelHash} is not known`;
        return { ok: false, kind: 'unknown-model', position: message.position, detail };
      }
      const found = known.get(sourced.table) ?? prepared(sourced);
      known.set(sourced.table, found);
      models.set(modelKey(message), found.model);
      const problem = decodeInto(records, message, found);
      if (problem) return { ok: false, kind: 'undecodable', position: message.position, detail: problem };
    }
    return { ok: true, records, models };
  };
}

interface KnownModel extends SourceModel {
  checker: DataChecker;
  /** Checkers for messages that name another model, which this one corrects, by the hash they name. */
  inPlaceOf: Map<string, DataChecker>;
}

function prepared({ model, table }: SourceModel): KnownModel {
  return { model, table, checker: compileModel(table), inPlaceOf: new Map() };
}

function decodeInto(records: SinkRecord[], message: StoredMessage, known: KnownModel): string | null {
  const { table } = known;
  const verdict = verdictOf(message, known);
  if (!verdict.ok) return `${verdict.detail} at byte ${verdict.offset}`;
  const subject = verdict.subject > 0 ? (table.subjects[verdict.subject - 1] ?? null) : null;
  for (const record of materialise(table, verdict)) {
    bytesAsText(record.attributes);
    records.push({
      tenant: message.tenant,
      device: message.device,
      product: table.product,
      position: message.position,
      point: record.point,
      pointId: record.pointId,
      kind: record.kind,
      subject,
      boot: message.boot,
      seq: message.seq,
      index: record.index,
      atMs: message.time.originMs + record.uptimeMs,
      uptimeMs: record.uptimeMs,
      timeQuality: message.time.quality,
      timeBoundMs: boundAt(message.time.boundMs, record.uptimeMs - verdict.uptimeMs),
      receivedAtMs: message.receivedAtMs,
      consentEpoch: verdict.epoch,
      modelHash: message.modelHash,
      value: asText(record.value) as SinkRecord['value'],
      attributes: record.attributes as SinkRecord['attributes'],
      flags: record.flags,
    });
  }
  return null;
}

/** A message that was replayed from quarantine is read with the model that corrects the one it names. */
function verdictOf({ payload }: StoredMessage, known: KnownModel): DataVerdict {
  const verdict = known.checker.check(payload);
  if (verdict.ok || verdict.code !== Code.unknownModel) return verdict;
  const decoded = decodeMessage(payload);
  if (!decoded.ok || decoded.value.kind !== Kind.data) return verdict;
  const named = (decoded.value as DataMessage).modelHash;
  const key = toHex(named);
  const checker = known.inPlaceOf.get(key) ?? compileModel({ ...known.table, hash: named });
  known.inPlaceOf.set(key, checker);
  return checker.check(payload);
}

/** A message's bound is that of its base; the uptime counter may drift from there to the record. */
function boundAt(boundMs: number | null, sinceBaseMs: number): number | null {
  return boundMs === null ? null : boundMs + Math.round(Math.abs(sinceBaseMs) * DRIFT);
}

/** Byte strings leave as hex: every sink can carry text. */
function asText<V>(value: V): Exclude<V, Uint8Array> | string {
  return value instanceof Uint8Array ? toHex(value) : (value as Exclude<V, Uint8Array>);
}

function bytesAsText(attributes: Record<string, unknown>): void {
  for (const name in attributes) {
    if (attributes[name] instanceof Uint8Array) attributes[name] = asText(attributes[name]);
  }
}
