import type { BatchSource, CutBatch } from './domain/batch-source.ts';
import type { Decoded } from './domain/forward-records.ts';
import type { Log, QuarantinedMessage, Sink, SinkOutcome, StoredMessage } from './domain/ports.ts';
import type { Selection } from './domain/select-records.ts';

export interface AttemptParts {
  sink: Sink;
  source: Pick<BatchSource, 'begin'>;
  decode(messages: readonly StoredMessage[]): Decoded;
  select: Selection;
  log: Log;
  signal: AbortSignal;
}

export interface Attempt {
  outcome: SinkOutcome;
  /** Records handed over, when the outcome is accepted. */
  records: number;
  /** Records that are not for this sink. */
  leftOut: number;
  /** Records that a person has not agreed to, or not any more. */
  withheld: number;
}

/** Decodes a batch and hands it to the sink once. Whatever happens, the answer is an outcome: no batch is lost to an exception. */
export async function attemptBatch(parts: AttemptParts, batch: CutBatch): Promise<Attempt> {
  try {
    return await attempt(parts, batch);
  } catch (error) {
    // A sink that throws breaks its contract; a store may fail.
    parts.log.error('sink.fault', { sink: parts.sink.name, problem: String(error) });
    return { outcome: retry(String(error)), ...nothing };
  }
}

const nothing = { records: 0, leftOut: 0, withheld: 0 };

async function attempt(
  { sink, source, decode, select, signal }: AttemptParts,
  batch: CutBatch,
): Promise<Attempt> {
  const decoded = decode(batch.messages);
  if (!decoded.ok) return { outcome: undelivered(decoded), ...nothing };
  const { records, models } = select(decoded);
  const { withheld } = decoded;
  const leftOut = decoded.records.length - records.length;
  if (records.length === 0) return { outcome: { kind: 'accepted' }, records: 0, leftOut, withheld };
  source.begin();
  // Of the messages, not of the range: that may begin with positions that have none.
  const [firstPosition, lastPosition] = [batch.messages[0]!.position, batch.last];
  const key = `${sink.name}/${firstPosition}-${lastPosition}`;
  const sent = { key, firstPosition, lastPosition, records, models };
  return { outcome: await sink.deliver(sent, signal), records: records.length, leftOut, withheld };
}

/** A model may yet come: its messages are held. What cannot be read now never will be. */
function undelivered({ kind, detail }: Extract<Decoded, { ok: false }>): SinkOutcome {
  return kind === 'unknown-model' ? retry(detail) : { kind: 'rejected', reason: detail };
}

export function retry(reason: string): SinkOutcome {
  return { kind: 'retry', reason };
}

/** A refused batch as the quarantine keeps it: the bytes as they came, and who refused them why. */
export function asQuarantined(batch: CutBatch, sink: string, reason: string): QuarantinedMessage[] {
  return batch.messages.map(({ tenant, device, receivedAtMs, payload, boot, seq, modelHash }) => ({
    tenant,
    device,
    receivedAtMs,
    reason: 'sinkRejected',
    detail: `boot ${boot} seq ${seq}: ${reason}`.slice(0, 500),
    link: `sink:${sink}`,
    boot,
    seq,
    madeWith: modelHash,
    payload,
  }));
}
