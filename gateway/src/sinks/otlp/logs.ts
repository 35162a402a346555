import { modelKey } from '../../domain/model-key.ts';
import type { SinkBatch, SinkRecord } from '../../domain/ports.ts';
import { byResource, resourceOf, scope } from './resource.ts';
import { keyValue, keyValues, unixNano } from './values.ts';

/** opentelemetry-proto, logs.proto: SeverityNumber. */
const INFO = 9;
const WARN = 13;

/** ExportLogsServiceRequest: what happened, with when, what for, and the name of the record. */
export function logsRequest(records: readonly SinkRecord[], models: SinkBatch['models']) {
  return {
    resourceLogs: byResource(records).map((group) => ({
      resource: resourceOf(group[0]),
      scopeLogs: [{ scope, logRecords: group.map((record) => logRecord(record, models)) }],
    })),
  };
}

function logRecord(record: SinkRecord, models: SinkBatch['models']) {
  const { product, point, kind, value, boot, seq, index } = record;
  const known = models.get(modelKey(record))?.points[point];
  const isGap = kind === 'gap';
  return {
    timeUnixNano: unixNano(record.atMs),
    observedTimeUnixNano: unixNano(record.receivedAtMs),
    severityNumber: isGap ? WARN : INFO,
    severityText: isGap ? 'WARN' : 'INFO',
    eventName: `${product}.${point}`,
    body: keyValue('', value ?? point).value,
    attributes: keyValues({
      ...record.attributes,
      'usewire.id': `${boot}/${seq}/${index}`,
      'usewire.kind': kind,
      'usewire.purpose': known ? String(known.for) : null,
      'usewire.subject': record.subject,
      'usewire.time_quality': record.timeQuality,
      'usewire.flags': record.flags.length > 0 ? record.flags.join(' ') : null,
    }),
  };
}
