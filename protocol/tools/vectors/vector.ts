import { encodeMessage, fromHex, type Message, toHex } from '@usewire/protocol/wire';
import { diagnosticOf } from './diagnostic.ts';
import { type Json, toJson } from './json.ts';

/** One row of vectors/*.json. */
export interface Vector {
  id: string;
  /** The requirement of SPEC.md that this vector tests. */
  requirement: string;
  description: string;
  hex: string;
  /** RFC 8949 section 8; null where the bytes are no CBOR item. */
  diagnostic: string | null;
  /** The message: bytes as {"bytes": hex}, numbers that JSON lacks as {"float": name}. Null when refused. */
  value: Json | null;
  verdict: 'accept' | 'reject';
  /** Of a refusal. */
  code?: string;
  /** What usewire.cddl says, where it is asked. */
  cddl?: 'match' | 'no-match';
  /** File in vectors/models that the records are read by; verdict and code are then those of the checker. */
  model?: string;
  /** The records as the model reads them. */
  records?: Json;
  /** What `encodeRecords` makes label 7 of, and in which form. */
  entries?: Json;
  form?: 'plain' | 'packed';
}

/** Bytes of hex digits that may be spaced for the reader. */
export function bytesOf(spaced: string): Uint8Array {
  const bytes = fromHex(spaced.replace(/\s+/g, ''));
  if (bytes === null) throw new Error(`not hex: ${spaced}`);
  return bytes;
}

export function accept(id: string, requirement: string, description: string, message: Message): Vector {
  const bytes = encodeMessage(message);
  const value = toJson(message);
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
  };
}

// Other refusals are of the encoding or of what the model says, where CDDL has no opinion.
const structural = ['schema', 'version', 'critical-label'];

/** `what` = [requirement, code]. `cddl` overrides: some offences of structure are beyond what CDDL can say. */
export function reject(
  id: string,
  what: [requirement: string, code: string],
  description: string,
  hex: string,
  cddl?: 'match',
): Vector {
  const [requirement, code] = what;
  const bytes = bytesOf(hex);
  const diagnostic = diagnosticOf(bytes);
  const vector: Vector = {
    id,
    requirement,
    description,
    hex: toHex(bytes),
    diagnostic,
    value: null,
    verdict: 'reject',
    code,
  };
  if (structural.includes(code)) vector.cddl = cddl ?? 'no-match';
  return vector;
}
