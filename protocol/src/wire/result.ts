import type { CodeNumber } from './codes.ts';

/** Why bytes were refused: a stable code, the byte (or bit stream byte) where it was seen, and words for a person. */
export interface WireFailure {
  code: CodeNumber;
  offset: number;
  detail: string;
}

/** Expected failure is a value. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: WireFailure };

export function success<T>(value: T): Result<T> {
  return { ok: true, value: value };
}

export function failure<T>(code: CodeNumber, offset: number, detail: string): Result<T> {
  return { ok: false, error: { code: code, offset: offset, detail: detail } };
}
