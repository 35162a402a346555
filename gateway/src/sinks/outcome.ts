import type { SinkOutcome } from '../domain/ports.ts';

/** An attempt that was not taken. */
export type Failed = Exclude<SinkOutcome, { kind: 'accepted' }>;

export const accepted: SinkOutcome = { kind: 'accepted' };

export function retryLater(reason: string, afterMs?: number): Failed {
  return afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs };
}

export function rejected(reason: string): Failed {
  return { kind: 'rejected', reason };
}

/** An exception's message with its system code, on one line. */
export function problemOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = String(message ?? error).replace(/\s+/g, ' ');
  return typeof code === 'string' && !text.includes(code) ? `${code}: ${text}` : text;
}
