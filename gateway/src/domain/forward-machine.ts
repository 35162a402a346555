import { type AdaptiveLimit, afterAnswer, limitStart } from './adaptive-limit.ts';
import type { SinkOutcome } from './ports.ts';
import type { Range } from './progress.ts';

/** How one sink is retried. */
export interface ForwardPolicy {
  /** The first delay is drawn from 0..baseMs; each failure doubles the bound up to `maxMs`. */
  baseMs: number;
  maxMs: number;
  /** Failures in a row after which the sink counts as down and is only probed. */
  breakerAfter: number;
  probeEveryMs: number;
  /** Batches under way at once, at the most; how many there are is found by trying. Default 1. */
  maxConcurrent?: number;
}

export interface ForwardState {
  /** 'ending': sends nothing any more, waits for what is under way, then stops. */
  phase: 'running' | 'paused' | 'draining' | 'ending' | 'stopped';
  /** Batches that the sink has now. */
  flying: readonly Range[];
  /** Batches to be sent before any new one: failed, in half, or begun in an earlier life. Oldest first. */
  again: readonly Range[];
  /** Nothing is sent until the delay is over. */
  isBackingOff: boolean;
  /** Failures in a row. */
  failures: number;
  /** The breaker: after `breakerAfter` failures, until one attempt gets through. */
  down: boolean;
  limit: AdaptiveLimit;
}

export type ForwardEvent =
  /** The source has cut a batch. */
  | { kind: 'batch'; range: Range }
  | { kind: 'nothing' }
  | OutcomeEvent
  | { kind: 'due' }
  | { kind: 'drain' | 'leave' | 'pause' | 'resume' };

export interface OutcomeEvent {
  kind: 'outcome';
  range: Range;
  outcome: SinkOutcome;
  /** Where the batch could be cut in half: the first position of its second half; null = it is one message. */
  middle: number | null;
  tookMs: number;
  /** Monotonic. */
  nowMs: number;
  /** 0..1 */
  random: number;
}

export type ForwardAction =
  /** Hand the batch to the sink. */
  | { do: 'send'; range: Range }
  /** The batch is done with. */
  | { do: 'advance'; range: Range }
  /** The batch is one message, and its copy is in the quarantine. */
  | { do: 'quarantine'; range: Range; reason: string }
  /** The batch becomes two, which are sent on their own. */
  | { do: 'split'; range: Range; middle: number }
  /** There is room: see whether a new batch can be cut. */
  | { do: 'look' }
  | { do: 'wait'; ms: number }
  | {
      do: 'tell';
      event: 'sink.retry' | 'sink.down' | 'sink.up' | 'sink.rejected';
      reason: string;
      range: Range;
    }
  | { do: 'stop' };

export interface ForwardStep {
  state: ForwardState;
  actions: ForwardAction[];
}

/** A receiver may ask for patience, not for silence: longer wishes are cut to this. */
const MAX_ASKED_MS = 3_600_000;

/** `begun` = batches that may have been sent in an earlier life; they go first, as they were. */
export function forwardStart(begun: readonly Range[] = []): ForwardState {
  const breaker = { isBackingOff: false, failures: 0, down: false };
  return { phase: 'running', flying: [], again: begun, ...breaker, limit: limitStart };
}

/** Batches that may be sent now. A sink that is down gets one, to see whether it is up again. */
export function roomIn(state: ForwardState): number {
  const { phase, flying, limit, isBackingOff, down } = state;
  if (isBackingOff || (phase !== 'running' && phase !== 'draining')) return 0;
  return Math.max(0, (down ? 1 : limit.current) - flying.length);
}

/** Decides everything about retry, back-off, breaker and concurrency; performs nothing. */
export function forwardStep(state: ForwardState, event: ForwardEvent, policy: ForwardPolicy): ForwardStep {
  if (state.phase === 'stopped') return { state, actions: [] };
  switch (event.kind) {
    case 'batch':
      return roomIn(state) > 0 ? goOn({ ...state, again: [...state.again, event.range] }) : same(state);
    case 'nothing':
      return state.phase === 'draining' && isQuiet(state) ? stopped(state) : same(state);
    case 'due':
      return goOn({ ...state, isBackingOff: false });
    case 'pause':
      return same(state.phase === 'running' ? { ...state, phase: 'paused' } : state);
    case 'resume':
      return state.phase === 'paused' ? goOn({ ...state, phase: 'running' }) : same(state);
    case 'drain':
      return drain(state);
    case 'leave':
      return goOn({ ...state, phase: 'ending' });
    case 'outcome':
      return state.flying.some(isRange(event.range)) ? afterAttempt(state, event, policy) : same(state);
  }
}

function same(state: ForwardState): ForwardStep {
  return { state, actions: [] };
}

function isRange({ first, last }: Range): (one: Range) => boolean {
  return (one) => one.first === first && one.last === last;
}

function isQuiet({ flying, again }: ForwardState): boolean {
  return flying.length + again.length === 0;
}

function stopped(state: ForwardState): ForwardStep {
  return { state: { ...state, phase: 'stopped' }, actions: [{ do: 'stop' }] };
}

/** A sink that is down is not waited for, nor one that is paused: what it did not take stays in the spool for the next start. */
function drain(state: ForwardState): ForwardStep {
  const isHopeless = state.isBackingOff || state.phase === 'paused';
  return goOn({ ...state, phase: isHopeless ? 'ending' : 'draining' });
}

/** Sends what there is room for: first what was sent before, then whatever is new. */
function goOn(state: ForwardState, actions: ForwardAction[] = []): ForwardStep {
  if (state.phase === 'ending' && state.flying.length === 0) {
    const end = stopped(state);
    return { state: end.state, actions: [...actions, ...end.actions] };
  }
  const room = roomIn(state);
  const sent = state.again.slice(0, room);
  const next = { ...state, flying: [...state.flying, ...sent], again: state.again.slice(sent.length) };
  const sends = sent.map((range): ForwardAction => ({ do: 'send', range }));
  const look: ForwardAction[] = sent.length < room ? [{ do: 'look' }] : [];
  return { state: next, actions: [...actions, ...sends, ...look] };
}

function afterAttempt(before: ForwardState, event: OutcomeEvent, policy: ForwardPolicy): ForwardStep {
  const { outcome, range } = event;
  const landed = { ...before, flying: before.flying.filter((one) => !isRange(range)(one)) };
  const state = { ...landed, limit: limitAfter(before, event, policy) };
  switch (outcome.kind) {
    case 'accepted':
      return finished(state, range, []);
    case 'rejected':
      return afterRejection(state, event, outcome.reason);
    case 'retry':
      return afterFailure(state, { ...event, outcome }, policy);
  }
}

function limitAfter(
  { limit, flying }: ForwardState,
  event: OutcomeEvent,
  policy: ForwardPolicy,
): AdaptiveLimit {
  const { tookMs, nowMs, outcome } = event;
  const isPressure = outcome.kind === 'retry';
  return afterAnswer(
    limit,
    { tookMs, nowMs, isPressure, underWay: flying.length },
    policy.maxConcurrent ?? 1,
  );
}

function finished(state: ForwardState, range: Range, before: ForwardAction[]): ForwardStep {
  const up: ForwardAction[] = state.down ? [{ do: 'tell', event: 'sink.up', reason: '', range }] : [];
  const actions: ForwardAction[] = [...before, { do: 'advance', range }, ...up];
  return goOn({ ...state, failures: 0, down: false }, actions);
}

/** One bad message must not take its whole batch along: cut in half until it stands alone. */
function afterRejection(state: ForwardState, { range, middle }: OutcomeEvent, reason: string): ForwardStep {
  if (middle === null)
    return finished(state, range, [
      { do: 'quarantine', range, reason },
      { do: 'tell', event: 'sink.rejected', reason, range },
    ]);
  const halves = [
    { first: range.first, last: middle - 1 },
    { first: middle, last: range.last },
  ];
  const again = [...state.again, ...halves].sort((a, b) => a.first - b.first);
  return goOn({ ...state, failures: 0, again }, [{ do: 'split', range, middle }]);
}

interface Failure extends Omit<OutcomeEvent, 'outcome'> {
  outcome: Extract<SinkOutcome, { kind: 'retry' }>;
}

function afterFailure(state: ForwardState, event: Failure, policy: ForwardPolicy): ForwardStep {
  const { range, outcome, random } = event;
  const again = [...state.again, range].sort((a, b) => a.first - b.first);
  const askedMs = Math.min(outcome.afterMs ?? 0, MAX_ASKED_MS);
  // Sent before the sink was known to fail: the same failure, not another one.
  if (state.isBackingOff) return goOn({ ...state, again }, askedMs > 0 ? [{ do: 'wait', ms: askedMs }] : []);
  const failures = state.failures + 1;
  const down = failures >= policy.breakerAfter;
  const told: ForwardAction[] =
    down && state.down
      ? []
      : [{ do: 'tell', event: down ? 'sink.down' : 'sink.retry', reason: outcome.reason, range }];
  const next: ForwardState = { ...state, again, isBackingOff: true, failures, down };
  if (state.phase === 'draining' || state.phase === 'ending') return goOn({ ...next, phase: 'ending' }, told);
  const ownMs = down ? probeDelay(random, policy) : backoffDelay(failures, random, policy);
  return goOn(next, [...told, { do: 'wait', ms: Math.max(ownMs, askedMs) }]);
}

/** Full jitter: many gateways behind one receiver do not come back at the same moment. */
export function backoffDelay(failures: number, random: number, policy: ForwardPolicy): number {
  const bound = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(random * bound);
}

/** Half fixed, half jitter: a sink that is down is never probed in a burst. */
function probeDelay(random: number, policy: ForwardPolicy): number {
  return Math.round(policy.probeEveryMs * (0.5 + random / 2));
}
