import { type BatchSource, type CutBatch, createBatchSource } from './domain/batch-source.ts';
import {
  type ForwardAction,
  type ForwardEvent,
  type ForwardPolicy,
  type ForwardState,
  forwardStart,
  forwardStep,
  roomIn,
} from './domain/forward-machine.ts';
import type { DeviceId, EraseOutcome, Sink, SinkOutcome, Tombstone } from './domain/ports.ts';
import type { Range } from './domain/progress.ts';
import { createEraseGate } from './erase-gate.ts';
import { asQuarantined, attemptBatch, retry } from './forward-attempt.ts';
import { createFlights, type Flight, middleOf, receiptOf } from './forward-flights.ts';
import { forwardStatus, newCounts } from './forward-status.ts';
import type { Forwarder, ForwarderOptions, ForwarderPorts, ForwarderStatus } from './forwarder-types.ts';
import { type RecordsBehind, recordsBehind } from './records-behind.ts';

/** A store that cannot be read now is looked at again after this. */
const STORE_PAUSE_MS = 1_000;
/** From the abort of an attempt to its answer. */
const ABORT_GRACE_MS = 1_000;

/** Carries rows of the spool to one sink. Nothing of it is shared with another sink's forwarder. */
export function createForwarder(sink: Sink, options: ForwarderOptions, ports: ForwarderPorts): Forwarder {
  return new SpoolForwarder(sink, options, ports);
}

class SpoolForwarder implements Forwarder {
  readonly name: string;
  private readonly sink: Sink;
  private readonly options: ForwarderOptions;
  private readonly ports: ForwarderPorts;
  private readonly policy: ForwardPolicy;
  private readonly source: BatchSource;
  private readonly flights: ReturnType<typeof createFlights>;
  private readonly behind: RecordsBehind;
  /** The time of the drain is over. */
  private isOverdue = false;
  private readonly counts = newCounts();
  private state: ForwardState;
  private lastProblem: string | null = null;
  /** Why the store could not be read when last looked; null = it could. */
  private storeFault: string | null = null;
  private lookPlanned = false;
  /** Until a young batch has filled, or the store is to be looked at again. */
  private cancelLook: (() => void) | null = null;
  /** Until the delay after a failure is over. */
  private cancelBackOff: (() => void) | null = null;
  private readonly attempts = new Set<Promise<void>>();
  private readonly gate = createEraseGate();
  private whenQuiet: () => void = () => {};
  private whenStopped: () => void = () => {};
  private readonly stopped: Promise<void>;

  constructor(sink: Sink, options: ForwarderOptions, ports: ForwarderPorts) {
    this.name = sink.name;
    this.sink = sink;
    this.options = options;
    this.ports = ports;
    const { order, maxConcurrent } = traitsOf(sink, options);
    this.policy = { ...options.retry, maxConcurrent };
    const { backlogAfterMs = 30_000, backlogPercent = 25 } = options;
    this.source = createBatchSource(ports.spool, sink.name, {
      order,
      // A batch that was left to fill is not late.
      backlogAfterMs: backlogAfterMs + options.batch.maxAgeMs,
      backlogPercent,
    });
    this.flights = createFlights(this.source);
    this.behind = recordsBehind(ports.spool, ports.scheduler, this.source.progress());
    this.state = forwardStart(this.source.begun());
    if (ports.spool.cursor(pauseNote(sink)) > 0) this.take({ kind: 'pause' });
    this.stopped = new Promise<void>((resolve) => {
      this.whenStopped = resolve;
    });
  }

  start(): void {
    this.take({ kind: 'due' });
  }

  notify(): void {
    // While a batch is filling the rows can wait for its timer.
    if (this.cancelLook === null && this.mayLook()) this.planLook();
  }

  pause(): void {
    this.ports.spool.advance(pauseNote(this.sink), 1);
    this.take({ kind: 'pause' });
  }

  resume(): void {
    this.ports.spool.advance(pauseNote(this.sink), 0);
    this.take({ kind: 'resume' });
  }

  async rewind(position: number): Promise<void> {
    const wasPaused = this.state.phase === 'paused';
    this.take({ kind: 'pause' });
    if (this.state.flying.length > 0) {
      await new Promise<void>((resolve) => {
        this.whenQuiet = resolve;
      });
    }
    this.source.rewind(position);
    this.behind.restart(position);
    this.flights.clear();
    this.state = { ...this.state, again: [] };
    if (!wasPaused) this.take({ kind: 'resume' });
  }

  takenBack({ tenant, device }: DeviceId): void {
    this.flights.abort((message) => message.tenant === tenant && message.device === device);
  }

  erased(): void {
    this.flights.outdate();
  }

  async erase(tombstone: Tombstone, signal: AbortSignal): Promise<EraseOutcome | null> {
    const { sink } = this;
    return sink.erase === undefined ? null : this.gate.between(() => sink.erase!(tombstone, signal));
  }

  drain(deadlineMs: number): Promise<void> {
    return this.end({ kind: 'drain' }, deadlineMs);
  }

  leave(deadlineMs: number): Promise<void> {
    return this.end({ kind: 'leave' }, deadlineMs);
  }

  private async end(how: ForwardEvent, deadlineMs: number): Promise<void> {
    this.cancelWaits();
    this.take(how);
    const { scheduler } = this.ports;
    const cancels = [
      scheduler.after(deadlineMs, () => {
        this.isOverdue = true;
        this.flights.abort(() => true);
        void Promise.all(this.attempts).then(this.whenStopped);
      }),
      // A sink that does not even answer to that must not keep the gateway from ending.
      scheduler.after(deadlineMs + ABORT_GRACE_MS, this.whenStopped),
    ];
    await this.stopped;
    for (const cancel of cancels) cancel();
    this.cancelWaits();
    this.state = { ...this.state, phase: 'stopped' };
  }

  status(): ForwarderStatus {
    const { state, counts, lastProblem } = this;
    const { spool, clock } = this.ports;
    const progress = this.source.progress();
    const now = { pendingRecords: this.behind.now(), nowMs: clock.nowMs() };
    return forwardStatus(this.sink.name, { state, counts, lastProblem, progress, spool, ...now });
  }

  private take(event: ForwardEvent): void {
    const step = forwardStep(this.state, event, this.policy);
    this.state = step.state;
    for (const action of step.actions) this.perform(action);
  }

  private perform(action: ForwardAction): void {
    if (action.do === 'send') this.launch(action.range);
    else if (action.do === 'advance') this.flights.end(action.range);
    else if (action.do === 'quarantine') this.counts.messagesRejected += 1;
    else if (action.do === 'split') this.split(action.range, action.middle);
    else if (action.do === 'look') this.planLook();
    else if (action.do === 'wait') this.backOff(action.ms);
    else if (action.do === 'tell') this.tell(action);
    else this.whenStopped();
  }

  private mayLook(): boolean {
    return roomIn(this.state) > 0 && this.state.again.length === 0;
  }

  private planLook(): void {
    if (this.lookPlanned) return;
    this.lookPlanned = true;
    this.ports.scheduler.soon(() => {
      this.lookPlanned = false;
      this.look();
    });
  }

  private look(): void {
    if (!this.mayLook()) return;
    this.waitToLook(null);
    try {
      const now = this.state.phase === 'draining';
      const when = { nowMs: this.ports.clock.nowMs(), now, limit: this.state.limit.current };
      const next = this.source.next(this.options.batch, when);
      this.storeFault = null;
      if (next.kind === 'batch') this.offer(next.batch);
      else if (next.kind === 'wait') this.waitToLook(next.ms);
      else this.take({ kind: 'nothing' });
    } catch (error) {
      this.storeProblem(error);
    }
  }

  private offer(batch: CutBatch): void {
    this.flights.add(batch);
    this.take({ kind: 'batch', range: { first: batch.first, last: batch.last } });
  }

  /** Sinks may answer at once: without a turn of the event loop before each batch, a backlog would starve the ingest. */
  private launch(range: Range): void {
    const turn = new Promise<void>((resolve) => this.ports.scheduler.soon(resolve));
    const attempt = turn.then(() => this.send(range)).finally(() => this.attempts.delete(attempt));
    this.attempts.add(attempt);
  }

  private async send(range: Range): Promise<void> {
    const { clock } = this.ports;
    const startedMs = clock.monotonicMs();
    const sent = await this.gate.through(() => this.attempt(range));
    const { outcome, middle } = sent;
    const [random, nowMs] = [this.ports.random(), clock.monotonicMs()];
    if (outcome.kind === 'retry') this.counts.retries += 1;
    this.lastProblem = outcome.kind === 'accepted' ? null : outcome.reason;
    if (sent.flight !== null) this.settle(sent.flight, outcome);
    this.take({ kind: 'outcome', range, outcome, middle, tookMs: nowMs - startedMs, nowMs, random });
    if (this.state.flying.length === 0) this.whenQuiet();
  }

  private async attempt(range: Range): Promise<Attempted> {
    let flight: Flight;
    try {
      flight = this.flights.of(range);
    } catch (error) {
      return { outcome: retry(String(error)), middle: null, flight: null };
    }
    const outcome = await this.deliver(flight);
    const middle = middleOf(flight.batch);
    // Out of the sink's way only when its copy in the quarantine is durable.
    const isKept =
      outcome.kind !== 'rejected' || middle !== null || (await this.quarantine(outcome.reason, flight));
    return { outcome: isKept ? outcome : retry('the quarantine cannot be written'), middle, flight };
  }

  private async deliver(flight: Flight): Promise<SinkOutcome> {
    const { sink, source } = this;
    const { decode, select, log, clock } = this.ports;
    this.counts.attempts += 1;
    if (flight.attempts === 0) flight.sentAtMs = clock.nowMs();
    flight.attempts += 1;
    flight.abort = new AbortController();
    if (this.isOverdue) flight.abort.abort();
    const parts = { sink, source, decode, select, log, signal: flight.abort.signal };
    const { outcome, records, leftOut, withheld } = await attemptBatch(parts, flight.batch);
    flight.records = records;
    flight.withheld = withheld;
    if (outcome.kind === 'accepted') this.counts.recordsLeftOut += leftOut;
    return outcome;
  }

  private async quarantine(reason: string, { batch }: Flight): Promise<boolean> {
    const result = await this.ports.spool.commit([], asQuarantined(batch, this.sink.name, reason));
    return result.ok;
  }

  /** Durable before the machine goes on: what is done with is never sent again. */
  private settle(flight: Flight, outcome: SinkOutcome): void {
    const { batch } = flight;
    if (outcome.kind === 'retry' || (outcome.kind === 'rejected' && batch.messages.length > 1)) return;
    if (outcome.kind === 'accepted') {
      this.counts.batches += 1;
      this.counts.messagesDelivered += batch.messages.length;
      this.counts.recordsDelivered += flight.records;
      this.counts.recordsWithheld += flight.withheld;
    }
    this.behind.finished(batch.messages.reduce((sum, message) => sum + message.recordCount, 0));
    try {
      this.source.finish(batch, receiptOf(this.sink.name, flight, outcome, this.ports.clock.nowMs()));
    } catch (error) {
      // The batch is delivered again later; its key and the records' identities make that harmless.
      this.storeProblem(error);
    }
  }

  private split(range: Range, middle: number): void {
    this.source.split(range, middle);
    this.flights.split(range, middle);
  }

  private storeProblem(error: unknown): void {
    const problem = String(error);
    // Looked at again every second: said once.
    if (problem !== this.storeFault) this.ports.log.error('sink.store', { sink: this.sink.name, problem });
    this.storeFault = problem;
    this.lastProblem = problem;
    if (this.state.phase === 'draining') this.whenStopped();
    else this.waitToLook(STORE_PAUSE_MS);
  }

  private waitToLook(ms: number | null): void {
    this.cancelLook?.();
    this.cancelLook = null;
    if (ms === null) return;
    this.cancelLook = this.ports.scheduler.after(ms, () => {
      this.cancelLook = null;
      this.look();
    });
  }

  private backOff(ms: number): void {
    this.cancelBackOff?.();
    this.cancelBackOff = this.ports.scheduler.after(ms, () => this.take({ kind: 'due' }));
  }

  private cancelWaits(): void {
    this.behind.stop();
    this.waitToLook(null);
    this.cancelBackOff?.();
  }

  private tell({ event, reason, range }: Extract<ForwardAction, { do: 'tell' }>): void {
    const fields = { sink: this.sink.name, batch: `${range.first}-${range.last}` };
    if (event === 'sink.up') this.ports.log.info(event, fields);
    else this.ports.log.warn(event, { ...fields, reason, failures: this.state.failures });
  }
}

interface Attempted {
  outcome: SinkOutcome;
  middle: number | null;
  /** null = the batch could not be read. */
  flight: Flight | null;
}

/** A word of the operator's may ask for less than the sink can bear, not for more. */
function traitsOf(sink: Sink, options: ForwarderOptions) {
  const { order = 'kept', maxConcurrent = 1 } = sink.traits ?? {};
  const kept = order === 'kept' || options.order === 'kept';
  if (kept) return { order: 'kept' as const, maxConcurrent: 1 };
  return { order, maxConcurrent: Math.min(maxConcurrent, options.maxConcurrent ?? maxConcurrent) };
}

/** ':' cannot stand in a sink's name, so this note beside the cursors is never a sink's own. */
function pauseNote({ name }: Sink): string {
  return `${name}:paused`;
}
