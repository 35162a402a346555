import { backoffDelay, type ForwardPolicy } from '../forward-machine.ts';
import type { Clock, EraseOutcome, Log, SpoolStore, Tombstone } from '../ports.ts';
import type { EraseReceipt, Erasure } from './erasure.ts';

/** A place where records have gone, behind the batch that is under way there. */
export interface EraseTarget {
  readonly name: string;
  /** Rows of the spool have changed under it. */
  erased(): void;
  /** One attempt. Null: the sink has no way to erase. */
  erase(tombstone: Tombstone, signal: AbortSignal): Promise<EraseOutcome | null>;
}

export interface AskPorts {
  store: Pick<SpoolStore, 'cursors'>;
  clock: Clock;
  log: Log;
  random(): number;
  signal: AbortSignal;
  pause(ms: number): Promise<void>;
  save(erasure: Erasure, change: Partial<Erasure>): boolean;
}

/** A person waits, but a receiver that is down for a week gets no more than it would for data. */
const RETRY: ForwardPolicy = { baseMs: 500, maxMs: 60_000, breakerAfter: 5, probeEveryMs: 60_000 };
const MAX_ANSWER = 200;

/** Asks every place that has not answered, for as long as it takes. False: stopped before all had. */
export async function askSinks(
  erasure: Erasure,
  targets: () => readonly EraseTarget[],
  ports: AskPorts,
): Promise<boolean> {
  const answered = new Set(erasure.receipts.map(({ place }) => place));
  const names = [...targets().map(({ name }) => name), ...goneSinks(targets(), ports.store)];
  const open = names.filter((name) => !answered.has(name));
  const done = await Promise.all(open.map((name) => untilAnswered(erasure, name, { ...ports, targets })));
  return done.every(Boolean);
}

/** A name with ':' is a note of a forwarder. */
function goneSinks(targets: readonly EraseTarget[], store: AskPorts['store']): string[] {
  const names = new Set(targets.map(({ name }) => name));
  return store.cursors().flatMap(({ sink }) => (sink.includes(':') || names.has(sink) ? [] : [sink]));
}

async function untilAnswered(
  erasure: Erasure,
  place: string,
  { targets, ...ports }: AskPorts & { targets(): readonly EraseTarget[] },
): Promise<boolean> {
  let lastReason = '';
  for (let attempts = 1; !ports.signal.aborted; attempts += 1) {
    // Looked up each time: a reload may have put another one in its place, or none.
    const target = targets().find(({ name }) => name === place);
    const outcome = target === undefined ? 'gone' : await attempt(target, erasure, ports.signal);
    if (outcome === 'gone' || outcome?.kind !== 'retry') {
      const receipt = { place, ...said(outcome), attempts, ...now(ports) };
      while (!keep(erasure, receipt, ports) && !ports.signal.aborted) await ports.pause(RETRY.baseMs);
      return !ports.signal.aborted || erasure.receipts.includes(receipt);
    }
    const { reason, afterMs = 0 } = outcome;
    // Once a reason, not once an attempt: it may go on for days.
    if (reason !== lastReason) ports.log.warn('erase.retry', { id: erasure.id, sink: place, reason });
    lastReason = reason;
    await ports.pause(Math.max(afterMs, backoffDelay(attempts, ports.random(), RETRY)));
  }
  return false;
}

/** Whatever happens, the answer is an outcome. */
async function attempt(target: EraseTarget, tombstone: Tombstone, signal: AbortSignal) {
  try {
    return await target.erase(tombstone, signal);
  } catch (error) {
    return { kind: 'retry' as const, reason: String(error) };
  }
}

const BY_HAND = 'what it was given has to be erased there by hand';

function said(outcome: Extract<EraseOutcome, { kind: 'erased' }> | null | 'gone') {
  if (outcome === null || outcome === 'gone') {
    const why = outcome === null ? 'this kind of sink cannot erase' : 'not in the configuration any more';
    const answer = `${why}: ${BY_HAND}`;
    return { records: null, answer, isErased: false };
  }
  return { records: outcome.records, answer: outcome.answer.slice(0, MAX_ANSWER), isErased: true };
}

function now({ clock }: AskPorts): { answeredAtMs: number } {
  return { answeredAtMs: clock.nowMs() };
}

function keep(erasure: Erasure, receipt: EraseReceipt, ports: AskPorts): boolean {
  return ports.save(erasure, { receipts: [...erasure.receipts, receipt] });
}
