import {
  compileModel,
  type DataAccepted,
  type DataChecker,
  type DataVerdict,
  materialise,
} from '@usewire/protocol/check';
import { type Model, type ModelTable, pointConsent } from '@usewire/protocol/model';
import { Code, type DataMessage, decodeMessage, Kind, toHex } from '@usewire/protocol/wire';
import type { Coverage } from './consent/coverage.ts';
import { ERASED_KIND, takeRemains } from './erasure/remains.ts';
import { modelKey } from './model-key.ts';
import type { ModelSource, SourceModel } from './model-source.ts';
import type { SinkRecord, StoredMessage } from './ports.ts';
import { DRIFT } from './time-map.ts';

export type { ModelSource, SourceModel } from './model-source.ts';

export type Decoded =
  /** `withheld` = records that are not passed on because a person has not agreed, or not any more. */
  | { ok: true; records: SinkRecord[]; models: Map<string, Model>; withheld: number }
  | { ok: false; kind: 'unknown-model' | 'undecodable'; position: number; detail: string };

/**
 * Turns stored messages into records as sinks see them; messages of other kinds than `data` bring none. Consent is judged here, at each call anew: a
 * batch that is tried again is decoded again, so nothing leaves by what was agreed some time ago (POU-CONSENT-8).
 */
export function createRecordDecoder(
  source: ModelSource,
  covered: Coverage,
): (messages: readonly StoredMessage[]) => Decoded {
  const known = new Map<ModelTable, KnownModel>();
  return (messages) => {
    const models = new Map<string, Model>();
    const records: SinkRecord[] = [];
    let withheld = 0;
    for (const message of messages) {
      if (message.kind === ERASED_KIND) {
        const left = takeRemains(message, { records, models }, { source, covered });
        if (left === null) return unknownModel(message);
        withheld += left;
        continue;
      }
      if (message.kind !== Kind.data) continue;
      const sourced = source(message.tenant, message.modelHash);
      if (!sourced) return unknownModel(message);
      const found = known.get(sourced.table) ?? prepared(sourced);
      known.set(sourced.table, found);
      models.set(modelKey(message), found.model);
      const verdict = verdictOf(message, found);
      if (!verdict.ok) {
        const detail = `${verdict.detail} at byte ${verdict.offset}`;
        return { ok: false, kind: 'undecodable', position: message.position, detail };
      }
      const lacking = lackingIn(message, verdict, covered);
      withheld += addRecords(records, message, { table: found.table, verdict, lacking });
    }
    return { ok: true, records, models, withheld };
  };
}

function unknownModel({ modelHash, position }: StoredMessage): Decoded {
  return { ok: false, kind: 'unknown-model', position, detail: `model ${modelHash} is not known` };
}

interface KnownModel extends SourceModel {
  checker: DataChecker;
  /** Checkers for messages that name another model, which this one corrects, by the hash they name. */
  inPlaceOf: Map<string, DataChecker>;
}

function prepared({ model, table }: SourceModel): KnownModel {
  return { model, table, checker: compileModel(table), inPlaceOf: new Map() };
}

/** Purposes of the message that its person has not agreed to, or not any more. */
function lackingIn(message: StoredMessage, verdict: DataAccepted, covered: Coverage): number {
  const { consentPurposes, subject, epoch } = verdict;
  return consentPurposes === 0 ? 0 : consentPurposes & ~covered(message, subject, epoch);
}

interface Readable {
  table: ModelTable;
  verdict: DataAccepted;
  lacking: number;
}

/** Returns how many were held back. */
function addRecords(
  records: SinkRecord[],
  message: StoredMessage,
  { table, verdict, lacking }: Readable,
): number {
  let withheld = 0;
  const subject = verdict.subject > 0 ? (table.subjects[verdict.subject - 1] ?? null) : null;
  for (const record of materialise(table, verdict)) {
    const point = table.points[verdict.columns.point[record.index]!]!;
    if (lacking !== 0 && (pointConsent(table, point) & lacking) !== 0) {
      withheld += 1;
      continue;
    }
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
  return withheld;
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
