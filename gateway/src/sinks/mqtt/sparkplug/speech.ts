import type { Model } from '@usewire/protocol/model';
import { modelKey } from '../../../domain/model-key.ts';
import type { SinkBatch, SinkRecord } from '../../../domain/ports.ts';
import { fittingParts, messageGroups } from '../../message-groups.ts';
import { fieldNames, fieldsOf } from '../fields.ts';
import { idOf, type Publication, type Speech } from '../publication.ts';
import { level } from '../topic.ts';
import { bdSeqMetric, payloadSeq, payloadTime, switchMetric, unknownMetric, valueMetric } from './metric.ts';

export interface SparkplugOptions {
  group: string;
  /** Of this gateway alone: a host takes two of one name for one that is born again and again. */
  node: string;
}

interface Born {
  device: string;
  models: Set<Model>;
  /** The newest time that was said, by metric. */
  newestMs: Map<string, number>;
}

const REBIRTH = 'Node Control/Rebirth';
const CONTENT_TYPE = 'application/x-sparkplug-b';

/**
 * Sparkplug B 3.0: the gateway is an edge node, each device of it a device. A device is born, with all metrics of its model, before its first
 * data of a connection. `seq` counts what is said, in the order of sending.
 *
 * @param bdSeq Number of the connection, 0 to 255: in the birth and in the death of the node.
 */
export function sparkplugSpeech(
  { group, node }: SparkplugOptions,
  bdSeq: number,
  nowMs: () => number,
): Speech {
  const topic = (type: string, device?: string) =>
    ['spBv1.0', group, type, node, ...(device === undefined ? [] : [device])].join('/');
  const born = new Map<string, Born>();
  let seq = 0;
  const counted = (name: string, parts: readonly Uint8Array[], id?: string): Publication => ({
    topic: name,
    payload() {
      const payload = Buffer.concat([payloadTime(nowMs()), ...parts, payloadSeq(seq)]);
      seq = (seq + 1) % 256;
      return payload;
    },
    contentType: CONTENT_TYPE,
    ...(id === undefined ? {} : { id }),
  });
  const nodeBirth = (): Publication => {
    const birth = counted(topic('NBIRTH'), [bdSeqMetric(bdSeq, nowMs()), switchMetric(REBIRTH, nowMs())]);
    return {
      ...birth,
      payload() {
        seq = 0;
        return birth.payload();
      },
    };
  };
  const deviceBirth = ({ device, models }: Born) =>
    counted(topic('DBIRTH', device), metricsOf(models, nowMs()));
  /** Its birth, when there is something of it that the host does not know yet. */
  const birthsFor = (record: SinkRecord, models: SinkBatch['models']): Publication[] => {
    const device = deviceOf(record);
    const known = born.get(device) ?? { device, models: new Set(), newestMs: new Map() };
    born.set(device, known);
    const model = models.get(modelKey(record))!;
    if (known.models.has(model)) return [];
    known.models.add(model);
    return [deviceBirth(known)];
  };
  const data = (group: readonly SinkRecord[], models: SinkBatch['models'], maxBytes: number) => {
    const device = deviceOf(group[0]!);
    // Once, whatever is cut: what is historical depends on what was said before.
    const said = new Map(group.map((record) => [record, metrics(record, models, born.get(device)!)]));
    return fittingParts(group, maxBytes, (records) => {
      const parts = records.flatMap((record) => said.get(record)!);
      const bytes = parts.reduce((sum, part) => sum + part.length, PAYLOAD_ROOM);
      return { bytes, made: counted(topic('DDATA', device), parts, idOf(records[0]!)) };
    });
  };
  return {
    will: {
      topic: topic('NDEATH'),
      payload: Buffer.concat([payloadTime(nowMs()), bdSeqMetric(bdSeq, nowMs())]),
    },
    greeting: () => [nodeBirth()],
    listens: {
      topic: topic('NCMD'),
      // The one command that there is; what it says beside its name is always true.
      answer: (payload) =>
        Buffer.from(payload).includes(REBIRTH) ? [nodeBirth(), ...[...born.values()].map(deviceBirth)] : [],
    },
    publications: ({ records, models }, maxBytes) =>
      messageGroups(records).flatMap((group) => [
        ...birthsFor(group[0]!, models),
        ...data(group, models, maxBytes),
      ]),
  };
}

function deviceOf({ tenant, device }: SinkRecord): string {
  return level(`${tenant}.${device}`);
}

/** For time and seq. */
const PAYLOAD_ROOM = 16;

function metricsOf(models: ReadonlySet<Model>, atMs: number): Uint8Array[] {
  const names = new Map([...models].flatMap(fieldNames).map(({ name, type }) => [name, type]));
  return [...names].map(([name, type]) => unknownMetric(name, type, atMs));
}

function metrics(record: SinkRecord, models: SinkBatch['models'], { newestMs }: Born): Uint8Array[] {
  return fieldsOf(record, models).map((field) => {
    const newest = newestMs.get(field.name) ?? Number.NEGATIVE_INFINITY;
    if (record.atMs > newest) newestMs.set(field.name, record.atMs);
    return valueMetric(field, { atMs: record.atMs, isHistorical: record.atMs < newest, id: idOf(record) });
  });
}
