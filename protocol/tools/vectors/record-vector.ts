import { compileModel, materialise } from '@usewire/protocol/check';
import { type Entry, encodeRecords, type RecordsForm } from '@usewire/protocol/model';
import { decodeMessage, encodeMessage, Kind, toHex } from '@usewire/protocol/wire';
import { diagnosticOf } from './diagnostic.ts';
import { toJson } from './json.ts';
import { lampTable } from './lamp.ts';
import { bytesOf, type Vector } from './vector.ts';

const checker = compileModel(lampTable);

/** Uptime of the base of every record vector. */
const baseMs = 5000;

/** Records around in a data message of the lamp. */
export function dataMessage(records: Uint8Array): Uint8Array {
  const modelHash = lampTable.hash.subarray(0, 4);
  return encodeMessage({ kind: Kind.data, seq: 7, boot: 3, uptimeMs: baseMs, modelHash, epoch: 2, records });
}

/** An accepted message; a mistake of the author shows when the file is made. */
function accepted(about: [id: string, requirement: string, description: string], bytes: Uint8Array): Vector {
  const [id, requirement, description] = about;
  const decoded = decodeMessage(bytes);
  const verdict = checker.check(bytes);
  if (!decoded.ok || !verdict.ok) throw new Error(`${id}: ${verdict.ok ? 'codec' : verdict.detail}`);
  const value = toJson(decoded.value);
  const records = toJson(materialise(lampTable, verdict));
  const diagnostic = diagnosticOf(bytes);
  return {
    id,
    requirement,
    description,
    hex: toHex(bytes),
    diagnostic,
    value,
    verdict: 'accept',
    cddl: 'match',
    model: 'lamp',
    records,
  };
}

/** Records as an author writes their bytes. */
export function reads(id: string, requirement: string, description: string, recordsHex: string): Vector {
  return accepted([id, requirement, description], dataMessage(bytesOf(recordsHex)));
}

/** Records as the encoder writes them, in both forms. */
export function bothForms(id: string, requirement: string, description: string, entries: Entry[]): Vector[] {
  const forms: RecordsForm[] = ['plain', 'packed'];
  return forms.map((form) => {
    const bytes = dataMessage(encodeRecords(lampTable, baseMs, entries, form));
    const vector = accepted([`${id}/${form}`, requirement, `${description}, ${form}`], bytes);
    return { ...vector, entries: toJson(entries), form };
  });
}

/**
 * Records that the lamp's checker refuses. `records` are an author's bytes. `cddl`: whether the structure alone shows it; most
 * refusals need the model.
 */
export function refuses(
  id: string,
  what: [requirement: string, code: string],
  description: string,
  records: string | Uint8Array,
  cddl: 'match' | 'no-match' = 'match',
): Vector {
  const [requirement, code] = what;
  const bytes = dataMessage(typeof records === 'string' ? bytesOf(records) : records);
  const diagnostic = diagnosticOf(bytes);
  return {
    id,
    requirement,
    description,
    hex: toHex(bytes),
    diagnostic,
    value: null,
    verdict: 'reject',
    code,
    cddl,
    model: 'lamp',
  };
}
