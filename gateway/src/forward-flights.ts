import type { BatchSource, CutBatch } from './domain/batch-source.ts';
import type { Receipt, SinkOutcome, StoredMessage } from './domain/ports.ts';
import type { Range } from './domain/progress.ts';

/** A batch from its first attempt to its end, with what its receipt will say. */
export interface Flight {
  batch: CutBatch;
  /** Of the first attempt. */
  sentAtMs: number;
  attempts: number;
  records: number;
  withheld: number;
  /** Some of its rows may have been erased since they were read. */
  isOutdated: boolean;
  /** Ends the attempt under way. */
  abort: AbortController;
}

/** The batches of one forwarder that are begun and not done with, by where they begin. */
export function createFlights(source: Pick<BatchSource, 'again'>) {
  const flights = new Map<number, Flight>();

  function add(batch: CutBatch): Flight {
    const flight = {
      batch,
      sentAtMs: 0,
      attempts: 0,
      records: 0,
      withheld: 0,
      isOutdated: false,
      abort: new AbortController(),
    };
    flights.set(batch.first, flight);
    return flight;
  }

  return {
    add,
    /** Of an earlier life, it is read again. */
    of(range: Range): Flight {
      const flight = flights.get(range.first) ?? add(source.again(range));
      if (flight.isOutdated) flight.batch = source.again(range);
      flight.isOutdated = false;
      return flight;
    },
    outdate(): void {
      for (const flight of flights.values()) flight.isOutdated = true;
    },
    split(range: Range, middle: number): void {
      const { batch } = flights.get(range.first)!;
      add({ ...batch, last: middle - 1, messages: batch.messages.filter((m) => m.position < middle) });
      add({ ...batch, first: middle, messages: batch.messages.filter((m) => m.position >= middle) });
    },
    end: (range: Range): void => void flights.delete(range.first),
    /** Ends attempts of batches with such a message; between attempts nothing comes of it. */
    abort(isOf: (message: StoredMessage) => boolean): void {
      for (const { batch, abort } of flights.values()) if (batch.messages.some(isOf)) abort.abort();
    },
    clear: (): void => flights.clear(),
  };
}

/** Where a batch is cut in half; null = it is one message. */
export function middleOf({ messages }: CutBatch): number | null {
  return messages.length < 2 ? null : messages[messages.length >> 1]!.position;
}

export function receiptOf(sink: string, flight: Flight, outcome: SinkOutcome, answeredAtMs: number): Receipt {
  const { batch, sentAtMs, attempts, records, withheld } = flight;
  const range = { sink, firstPosition: batch.first, lastPosition: batch.last };
  const counts = { messages: batch.messages.length, records, withheld, attempts };
  const answer = (outcome.kind === 'accepted' ? outcome.answer : outcome.reason) ?? '';
  const accepted = outcome.kind === 'accepted';
  return { ...range, ...counts, sentAtMs, answeredAtMs, accepted, answer: answer.slice(0, 200) };
}
