import { fromHex, toHex } from '@usewire/protocol/wire';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values of messages as JSON: bytes as {"bytes": hex}, NaN, infinities and -0 as {"float": name}. */
export function toJson(value: unknown): Json {
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { float: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value as Json;
  const shown = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(shown.map(([key, item]) => [key, toJson(item)]));
}

/** The value again. */
export function fromJson(json: Json): unknown {
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json !== 'object' || json === null) return json;
  if (typeof json.bytes === 'string') return fromHex(json.bytes);
  if (typeof json.float === 'string') return Number(json.float);
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fromJson(item)]));
}
