import type { BatchLimits } from './domain/batch-plan.ts';
import { type BatchSource, type CutBatch, createBatchSource } from './domain/batch-source.ts';
import {
  type ForwardAction,
  type ForwardEvent,
  type ForwardPolicy,
  forwardStart,
  forwardStep,
} from './domain/forward-machine.ts';
import type { Decoded } from './domain/forward-records.ts';
import type { Clock, Log, Scheduler, Sink, SinkOutcome, Spool, StoredMessage } from './domain/ports.ts';

export interface ForwarderOptions {
  batch: Omit<BatchLimits, 'maxMessages'>;
  retry: ForwardPolicy;
}

export interface ForwarderPorts {
  spool: Spool & { lastPosition(): number };
  clock: Clock;
  scheduler: Scheduler;
  /** 0 <= x < 1 */
  random(): number;
  log: Log;
  decode(messages: readonly StoredMessage[]): Decoded;
}

/** What happened since the forwarder was made, and where it stands. */
export interface ForwarderStatus {
  name: string;
  /** Everything up to this position is done with. */
  cursor: number;
  /** Messages behind the cursor that the sink has still to get. */
  pending: number;
  state: 'idle' | 'sending' | 'backing-off' | 'down' | 'stopped';
  messagesDelivered: number;
  recordsDelivered: number;
  messagesRejected: number;
  attempts: number;
  retries: number;
  /** Of the newest retry or rejection; null after a batch got through. */
  lastProblem: string | null;
}

export interface Forwarder {
  start(): void;
  /** New rows may be in the spool. */
  notify(): void;
  /** Sends what is left, without waiting for a sink that is down; after `deadlineMs` the attempt is aborted. */
  drain(deadlineMs: number): Promise<void>;
  status(): ForwarderStatus;
}

/** A store that cannot be read now is looked at again after this. */
const STORE_PAUSE_MS = 1_000;

/** Carries rows of the spool to one sink, one batch at a time. Nothing of it is shared with another sink's forwarder. */
export function createForwarder(sink: Sink, options: ForwarderOptions, ports: ForwarderPorts): Forwarder {
  return new SpoolForwarder(sink, options, ports);
}

class SpoolForwarder implements Forwarder {
  private readonly sink: Sink;
  private readonly options: ForwarderOptions;
  private readonly ports: ForwarderPorts;
  private readonly source: BatchSource;
  private readonly abort = new AbortController();
  private readonly counts = {
    messagesDelivered: 0,
    recordsDelivered: 0,
    messagesRejected: 0,
    attempts: 0,
    retries: 0,
  };
  private state = forwardStart;
  private batch: CutBatch | null = null;
  private lastProblem: string | null = null;
  private lookPlanned = false;
  /** Nothing was left up to here when last looked: rows before a new sink's time may be pruned. */
  private emptyAt = 0;
  private cancelTimer: (() => void) | null = null;
  private attempt: Promise<void> = Promise.resolve();
  private whenStopped: () => void = () => {};
  private readonly stopped: Promise<void>;

  constructor(sink: Sink, options: ForwarderOptions, ports: ForwarderPorts) {
    this.sink = sink;
    this.options = options;
    this.ports = ports;
    this.source = createBatchSource(ports.spool, sink.name);
    this.stopped = new Promise<void>((resolve) => {
      this.whenStopped = resolve;
    });
  }

  start(): void {
    this.planLook();
  }

  notify(): void {
    // While a timer runs (a batch is filling, or the sink is backing off) the rows can wait for it.
    if (this.state.phase === 'idle' && this.cancelTimer === null) this.planLook();
  }

  async drain(deadlineMs: number): Promise<void> {
    this.cancelWait();
    this.take({ kind: 'drain' });
    const cancel = this.ports.scheduler.after(deadlineMs, () => {
      this.abort.abort();
      void this.attempt.then(this.whenStopped);
    });
    await this.stopped;
    cancel();
    this.cancelWait();
    this.state = { ...this.state, phase: 'stopped' };
  }

  status(): ForwarderStatus {
    const { phase, down } = this.state;
    const cursor = this.source.cursor();
    return {
      name: this.sink.name,
      cursor,
      pending: Math.max(0, this.ports.spool.lastPosition() - Math.max(cursor, this.emptyAt)),
      state: down && phase !== 'stopped' ? 'down' : phase,
      ...this.counts,
      lastProblem: this.lastProblem,
    };
  }

  private take(event: ForwardEvent): void {
    const step = forwardStep(this.state, event, this.options.retry);
    this.state = step.state;
    for (const action of step.actions) this.perform(action);
  }

  private perform(action: ForwardAction): void {
    if (action.do === 'send') this.attempt = this.send();
    else if (action.do === 'advance') this.advance();
    else if (action.do === 'quarantine') this.counts.messagesRejected += 1;
    else if (action.do === 'drop') this.batch = null;
    else if (action.do === 'look') this.planLook();
    else if (action.do === 'wait') this.wait(action.ms, () => this.take({ kind: 'due' }));
    else if (action.do === 'tell') this.tell(action.event, action.reason);
    else this.whenStopped();
  }

  /** Sinks may answer at once: without a turn of the event loop in between, a backlog would starve the ingest. */
  private planLook(): void {
    if (this.lookPlanned) return;
    this.lookPlanned = true;
    this.ports.scheduler.soon(() => {
      this.lookPlanned = false;
      this.look();
    });
  }

  private look(): void {
    if (this.state.phase !== 'idle') return;
    this.cancelWait();
    const limits = { ...this.options.batch, maxMessages: this.state.narrow };
    try {
      const nowMs = this.ports.clock.nowMs();
      const next = this.source.next(limits, {
        nowMs,
        now: this.state.draining || this.state.narrow !== null,
      });
      if (next.kind === 'batch') this.batch = next.batch;
      if (next.kind === 'empty') this.emptyAt = this.ports.spool.lastPosition();
      if (next.kind === 'wait') this.wait(next.ms, () => this.look());
      else this.take({ kind: next.kind === 'batch' ? 'batch' : 'nothing' });
    } catch (error) {
      this.storeProblem(error);
    }
  }

  private async send(): Promise<void> {
    const batch = this.batch!;
    this.counts.attempts += 1;
    const outcome = await this.attemptOnce(batch);
    await this.conclude(outcome, batch);
  }

  private async attemptOnce(batch: CutBatch): Promise<SinkOutcome> {
    try {
      const decoded = this.ports.decode(batch.messages);
      if (!decoded.ok)
        return decoded.kind === 'unknown-model' ? retry(decoded.detail) : rejected(decoded.detail);
      if (decoded.records.length === 0) return { kind: 'accepted' };
      this.source.begin(batch.last);
      const key = `${this.sink.name}/${batch.first}-${batch.last}`;
      const { records, models } = decoded;
      const sent = { key, firstPosition: batch.first, lastPosition: batch.last, records, models };
      const outcome = await this.sink.deliver(sent, this.abort.signal);
      if (outcome.kind === 'accepted') this.counts.recordsDelivered += records.length;
      return outcome;
    } catch (error) {
      // A sink that throws breaks its contract, and a store may fail: neither may lose the batch.
      this.ports.log.error('sink.fault', { sink: this.sink.name, problem: String(error) });
      return retry(String(error));
    }
  }

  private async conclude(outcome: SinkOutcome, batch: CutBatch): Promise<void> {
    const messages = batch.messages.length;
    const random = this.ports.random();
    // Out of the sink's way only when its copy in the quarantine is durable.
    const kept =
      outcome.kind !== 'rejected' || messages > 1 || (await this.quarantine(outcome.reason, batch));
    const final: SinkOutcome = kept ? outcome : retry('the quarantine cannot be written');
    if (final.kind === 'accepted') this.counts.messagesDelivered += messages;
    this.lastProblem = final.kind === 'accepted' ? null : final.reason;
    if (final.kind === 'retry') this.counts.retries += 1;
    this.take({ kind: 'outcome', outcome: final, messages, random });
  }

  private async quarantine(reason: string, batch: CutBatch): Promise<boolean> {
    const entries = batch.messages.map(({ tenant, device, receivedAtMs, payload, boot, seq }) => ({
      tenant,
      device,
      receivedAtMs,
      reason: 'sinkRejected',
      detail: `boot ${boot} seq ${seq}: ${reason}`.slice(0, 500),
      link: `sink:${this.sink.name}`,
      payload,
    }));
    const result = await this.ports.spool.commit([], entries);
    return result.ok;
  }

  private advance(): void {
    const batch = this.batch;
    this.batch = null;
    if (batch === null) return;
    try {
      this.source.finish(batch.last);
    } catch (error) {
      // The batch is delivered again later; its key and the records' identities make that harmless.
      this.storeProblem(error);
    }
  }

  private storeProblem(error: unknown): void {
    this.lastProblem = String(error);
    this.ports.log.error('sink.store', { sink: this.sink.name, problem: String(error) });
    if (this.state.draining) this.whenStopped();
    else this.wait(STORE_PAUSE_MS, () => this.look());
  }

  private wait(ms: number, then: () => void): void {
    this.cancelWait();
    this.cancelTimer = this.ports.scheduler.after(ms, () => {
      this.cancelTimer = null;
      then();
    });
  }

  private cancelWait(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  private tell(event: string, reason: string): void {
    const fields = { sink: this.sink.name, batch: this.batch && `${this.batch.first}-${this.batch.last}` };
    if (event === 'sink.up') this.ports.log.info(event, fields);
    else this.ports.log.warn(event, { ...fields, reason, failures: this.state.failures });
  }
}

function retry(reason: string): SinkOutcome {
  return { kind: 'retry', reason };
}

function rejected(reason: string): SinkOutcome {
  return { kind: 'rejected', reason };
}
