/** A batch of CloudEvents at the far end of the gateway's HTTP sink. */
export interface Exchange {
  /** True when this batch was taken before, by its `Idempotency-Key`. */
  readonly isKnown: boolean;
  /** True when one of its records is one that this receiver will never take. */
  readonly isIndigestible: boolean;
  /** Takes the batch, once. */
  take(): void;
  answer(status: number, headers?: Record<string, string>): void;
  /** An answer that comes a byte at a time, for longer than a sink waits. */
  drip(): void;
  /** No answer for longer than a sink waits. */
  keepSilent(): void;
  /** The connection is closed without an answer. */
  hangUp(): void;
}

/** One thing that a receiver does wrong. */
export interface SinkFault {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** Left out: the request is not even read. */
  meet?(exchange: Exchange): void;
}
