import type { Decoded } from '../domain/forward-records.ts';
import type { Spool, StoredMessage } from '../domain/ports.ts';

export interface RecordPage {
  /** NDJSON: a record a line, or `{position, problem}` for a message that cannot be read. */
  text: string;
  /** Ask for what comes after this next time. */
  next: number;
}

export interface RecordSources {
  spool: Pick<Spool, 'readAfter'>;
  decode(messages: readonly StoredMessage[]): Decoded;
}

const CHUNK = { messages: 200, bytes: 262_144 };

/** Records after a position, in spool order: whole messages until `limit` records are there. */
export function recordPage({ spool, decode }: RecordSources, after: number, limit: number): RecordPage {
  const lines: string[] = [];
  let next = after;
  for (;;) {
    const messages = spool.readAfter(next, CHUNK);
    for (const message of messages) {
      if (lines.length >= limit) break;
      lines.push(...messageLines(message, decode));
      next = message.position;
    }
    if (messages.length === 0 || lines.length >= limit) break;
  }
  return { text: lines.join(''), next };
}

function messageLines(message: StoredMessage, decode: RecordSources['decode']): string[] {
  const decoded = decode([message]);
  if (decoded.ok) return decoded.records.map((record) => `${JSON.stringify(record)}\n`);
  const { tenant, device, position } = message;
  return [`${JSON.stringify({ tenant, device, position, problem: decoded.detail })}\n`];
}
