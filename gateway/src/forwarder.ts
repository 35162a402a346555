import { type BatchSource, type CutBatch, createBatchSource } from './domain/batch-source.ts';
import {
  type ForwardAction,
  type ForwardEvent,
  forwardStart,
  forwardStep,
} from './domain/forward-machine.ts';
import type { DeviceId, Receipt, Sink, SinkOutcome } from './domain/ports.ts';
import { asQuarantined, attemptBatch, retry } from './forward-attempt.ts';
import type { Forwarder, ForwarderOptions, ForwarderPorts, ForwarderStatus } from './forwarder-types.ts';

/** A store that cannot be read now is looked at again after this. */
const STORE_PAUSE_MS = 1_000;
/** From the abort of an attempt to its answer. */
const ABORT_GRACE_MS = 1_000;

/** Carries rows of the spool to one sink, one batch at a time. Nothing of it is shared with another sink's forwarder. */
export function createForwarder(sink: Sink, options: ForwarderOptions, ports: ForwarderPorts): Forwarder {
  return new SpoolForwarder(sink, options, ports);
}

class SpoolForwarder implements Forwarder {
  private readonly sink: Sink;
  private readonly options: ForwarderOptions;
  private readonly ports: ForwarderPorts;
  private readonly source: BatchSource;
  /** Ends the attempt under way. */
  private abort = new AbortController();
  /** The time of the drain is over. */
  private isOverdue = false;
  private readonly counts = {
    messagesDelivered: 0,
    recordsDelivered: 0,
    recordsLeftOut: 0,
    recordsWithheld: 0,
    messagesRejected: 0,
    attempts: 0,
    retries: 0,
  };
  private state = forwardStart;
  private batch: CutBatch | null = null;
  /** Of the batch at hand, so far. */
  private sent = { atMs: 0, attempts: 0, records: 0, withheld: 0 };
  private outcome: SinkOutcome = { kind: 'accepted' };
  private lastProblem: string | null = null;
  /** Why the store could not be read when last looked; null = it could. */
  private storeFault: string | null = null;
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

  takenBack({ tenant, device }: DeviceId): void {
    const isOf = (message: DeviceId) => message.tenant === tenant && message.device === device;
    if (this.state.phase === 'sending' && this.batch?.messages.some(isOf)) this.abort.abort();
  }

  async drain(deadlineMs: number): Promise<void> {
    this.cancelWait();
    this.take({ kind: 'drain' });
    const { scheduler } = this.ports;
    const cancels = [
      scheduler.after(deadlineMs, () => {
        this.isOverdue = true;
        this.abort.abort();
        void this.attempt.then(this.whenStopped);
      }),
      // A sink that does not even answer to that must not keep the gateway from ending.
      scheduler.after(deadlineMs + ABORT_GRACE_MS, this.whenStopped),
    ];
    await this.stopped;
    for (const cancel of cancels) cancel();
    this.cancelWait();
    this.state = { ...this.state, phase: 'stopped' };
  }

  status(): ForwarderStatus {
    const { phase, down } = this.state;
    const cursor = this.source.cursor();
    return {
      name: this.sink.name,
      cursor,
      pending: this.ports.spool.rowsAfter(Math.max(cursor, this.emptyAt)),
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
      this.storeFault = null;
      if (next.kind === 'batch') this.cut(next.batch, nowMs);
      if (next.kind === 'empty') this.emptyAt = this.ports.spool.lastPosition();
      if (next.kind === 'wait') this.wait(next.ms, () => this.look());
      else this.take({ kind: next.kind === 'batch' ? 'batch' : 'nothing' });
    } catch (error) {
      this.storeProblem(error);
    }
  }

  private cut(batch: CutBatch, nowMs: number): void {
    this.batch = batch;
    this.sent = { atMs: nowMs, attempts: 0, records: 0, withheld: 0 };
  }

  private async send(): Promise<void> {
    const batch = this.batch!;
    const { sink, source } = this;
    const { decode, select, log } = this.ports;
    this.counts.attempts += 1;
    this.sent.attempts += 1;
    this.abort = new AbortController();
    const { signal } = this.abort;
    if (this.isOverdue) this.abort.abort();
    const { outcome, records, leftOut, withheld } = await attemptBatch(
      { sink, source, decode, select, log, signal },
      batch,
    );
    if (outcome.kind === 'accepted') {
      this.counts.recordsDelivered += records;
      this.counts.recordsLeftOut += leftOut;
      this.counts.recordsWithheld += withheld;
    }
    this.sent.records = records;
    this.sent.withheld = withheld;
    await this.conclude(outcome, batch);
  }

  private async conclude(outcome: SinkOutcome, batch: CutBatch): Promise<void> {
    const messages = batch.messages.length;
    const random = this.ports.random();
    // Out of the sink's way only when its copy in the quarantine is durable.
    const kept =
      outcome.kind !== 'rejected' || messages > 1 || (await this.quarantine(outcome.reason, batch));
    const final = kept ? outcome : retry('the quarantine cannot be written');
    if (final.kind === 'accepted') this.counts.messagesDelivered += messages;
    this.lastProblem = final.kind === 'accepted' ? null : final.reason;
    if (final.kind === 'retry') this.counts.retries += 1;
    this.outcome = final;
    this.take({ kind: 'outcome', outcome: final, messages, random });
  }

  private async quarantine(reason: string, batch: CutBatch): Promise<boolean> {
    const result = await this.ports.spool.commit([], asQuarantined(batch, this.sink.name, reason));
    return result.ok;
  }

  private advance(): void {
    const batch = this.batch;
    this.batch = null;
    if (batch === null) return;
    try {
      this.source.finish(batch.last, this.receipt(batch));
    } catch (error) {
      // The batch is delivered again later; its key and the records' identities make that harmless.
      this.storeProblem(error);
    }
  }

  private receipt(batch: CutBatch): Receipt {
    const { outcome } = this;
    const range = { sink: this.sink.name, firstPosition: batch.first, lastPosition: batch.last };
    const { atMs, ...sums } = this.sent;
    const counts = { messages: batch.messages.length, ...sums };
    const accepted = outcome.kind === 'accepted';
    const answer = (outcome.kind === 'accepted' ? outcome.answer : outcome.reason) ?? '';
    const times = { sentAtMs: atMs, answeredAtMs: this.ports.clock.nowMs() };
    return { ...range, ...counts, ...times, accepted, answer: answer.slice(0, 200) };
  }

  private storeProblem(error: unknown): void {
    const problem = String(error);
    // Looked at again every second: said once.
    if (problem !== this.storeFault) this.ports.log.error('sink.store', { sink: this.sink.name, problem });
    this.storeFault = problem;
    this.lastProblem = problem;
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
