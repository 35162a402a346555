/** OTLP in JSON (opentelemetry-proto, protobuf's JSON mapping): 64-bit whole numbers are texts, times are ns. */
export interface KeyValue {
  key: string;
  value: { stringValue: string } | { doubleValue: number } | { boolValue: boolean } | { intValue: string };
}

export function keyValue(key: string, value: unknown): KeyValue {
  if (typeof value === 'boolean') return { key, value: { boolValue: value } };
  if (Number.isSafeInteger(value)) return { key, value: { intValue: String(value) } };
  if (typeof value === 'number') return { key, value: { doubleValue: value } };
  return { key, value: { stringValue: typeof value === 'string' ? value : JSON.stringify(value) } };
}

/** Without what is null. */
export function keyValues(values: Readonly<Record<string, unknown>>): KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [keyValue(key, value)],
  );
}

/** Unsigned: what is before 1970 is said to be of then. */
export function unixNano(ms: number): string {
  return String(BigInt(Math.max(0, Math.round(ms))) * 1_000_000n);
}
