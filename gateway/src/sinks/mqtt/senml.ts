import { Encoder } from 'cbor-x';
import type { SinkBatch, SinkRecord } from '../../domain/ports.ts';
import { fittingParts, messageGroups } from '../message-groups.ts';
import { type Field, fieldsOf } from './fields.ts';
import { idOf, type Speech, Unsayable } from './publication.ts';
import { topicFor } from './topic.ts';

/** RFC 8428, table 4: labels in CBOR. */
const LABEL = { baseTime: -3, baseName: -2, name: 0, unit: 1, number: 2, text: 3, boolean: 4, time: 6 };
const VALUE = { number: LABEL.number, text: LABEL.text, boolean: LABEL.boolean };

/** RFC 8428, 4.5.3: a time below this is counted from now. */
const FIRST_ABSOLUTE_S = 2 ** 28;

/** UCUM codes of units that the SenML registry has (RFC 8428, 12.1; RFC 8798), and what they are there. Others are left out: names say them. */
const UNITS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'm kg g s A K cd mol Hz rad sr N Pa J W C V F S Wb T H lm lx Bq Gy Sv kat Cel m/s m/s2 m2 m3 W/m2 km/h Ohm l dB %'
      .split(' ')
      .map((unit) => [unit, unit]),
  ),
  '{beat}/min': 'beat/min',
};

const encoder = new Encoder({ mapsAsObjects: false, useRecords: false });

/** What one message of a device says of one point as a SenML pack in CBOR. */
export function senmlSpeech(topic: string): Speech {
  return {
    greeting: () => [],
    publications: ({ records, models }, maxBytes) =>
      messageGroups(records).flatMap((group) =>
        fittingParts(group, maxBytes, (part) => {
          const payload = encoder.encode(pack(part, models));
          const made = {
            topic: topicFor(topic, part[0]!),
            payload: () => payload,
            contentType: 'application/senml+cbor',
            id: idOf(part[0]!),
          };
          return { bytes: payload.length, made };
        }),
      ),
  };
}

type SenmlRecord = Map<number, number | string | boolean>;

function pack(records: readonly SinkRecord[], models: SinkBatch['models']): SenmlRecord[] {
  const [first] = records as [SinkRecord, ...SinkRecord[]];
  const baseS = secondsOf(first);
  const rows = records.flatMap((record) =>
    fieldsOf(record, models).map((field) => row(field, secondsOf(record) - baseS)),
  );
  const base: SenmlRecord = new Map();
  base
    .set(LABEL.baseName, `urn:pou:${nameOf(first.tenant)}:${nameOf(first.device)}:`)
    .set(LABEL.baseTime, baseS);
  rows[0] = new Map([...base, ...rows[0]!]);
  return rows;
}

function row({ name, type, value, unit }: Field, laterS: number): SenmlRecord {
  const made: SenmlRecord = new Map();
  made.set(LABEL.name, nameOf(name));
  const senmlUnit = unit === null ? undefined : UNITS[unit];
  if (senmlUnit !== undefined) made.set(LABEL.unit, senmlUnit);
  made.set(VALUE[type], value);
  // Without the noise of a difference of two large numbers.
  if (laterS !== 0) made.set(LABEL.time, Math.round(laterS * 1_000) / 1_000);
  return made;
}

function secondsOf(record: SinkRecord): number {
  const seconds = Math.round(record.atMs) / 1_000;
  if (seconds >= FIRST_ABSOLUTE_S) return seconds;
  throw new Unsayable(record, 'SenML has no absolute time before 1978-07-04 (RFC 8428, 4.5.3)');
}

/** RFC 8428, 4.5.1: only these characters, beginning with a letter or digit. */
function nameOf(name: string): string {
  return name.replace(/[^A-Za-z0-9\-:./_]/g, '_');
}
