import type { SinkOutcome } from './ports.ts';

/** How one sink is retried. */
export interface ForwardPolicy {
  /** The first delay is drawn from 0..baseMs; each failure doubles the bound up to `maxMs`. */
  baseMs: number;
  maxMs: number;
  /** Failures in a row after which the sink counts as down and is only probed. */
  breakerAfter: number;
  probeEveryMs: number;
}

export interface ForwardState {
  phase: 'idle' | 'sending' | 'backing-off' | 'stopped';
  /** Finishes what it can without waiting, then stops. */
  draining: boolean;
  /** Retries in a row. */
  failures: number;
  /** The breaker: after `breakerAfter` failures, until one attempt gets through. */
  down: boolean;
  /** Bound on messages of the next batch while a refused one is narrowed down; null = none. */
  narrow: number | null;
}

export type ForwardEvent =
  | { kind: 'batch' }
  | { kind: 'nothing' }
  /** `messages` in the batch; `random` in 0..1. */
  | { kind: 'outcome'; outcome: SinkOutcome; messages: number; random: number }
  | { kind: 'due' }
  | { kind: 'drain' };

export type ForwardAction =
  /** Hand the batch at hand to the sink. */
  | { do: 'send' }
  /** The batch is done with: move the cursor. */
  | { do: 'advance' }
  /** Copy the batch (one message) to the quarantine, before the cursor moves. */
  | { do: 'quarantine'; reason: string }
  /** Forget the batch at hand; the next one is cut anew. */
  | { do: 'drop' }
  /** See what lies after the cursor. */
  | { do: 'look' }
  | { do: 'wait'; ms: number }
  | { do: 'tell'; event: 'sink.retry' | 'sink.down' | 'sink.up' | 'sink.rejected'; reason: string }
  | { do: 'stop' };

export interface ForwardStep {
  state: ForwardState;
  actions: ForwardAction[];
}

/** A receiver may ask for patience, not for silence: longer wishes are cut to this. */
const MAX_ASKED_MS = 3_600_000;

export const forwardStart: ForwardState = {
  phase: 'idle',
  draining: false,
  failures: 0,
  down: false,
  narrow: null,
};

/** Decides everything about retry, back-off and breaker; performs nothing. */
export function forwardStep(state: ForwardState, event: ForwardEvent, policy: ForwardPolicy): ForwardStep {
  if (state.phase === 'stopped') return { state, actions: [] };
  switch (event.kind) {
    case 'batch':
      return state.phase === 'idle'
        ? { state: { ...state, phase: 'sending' }, actions: [{ do: 'send' }] }
        : same(state);
    case 'nothing':
      return state.draining && state.phase === 'idle' ? stop(state) : same(state);
    case 'due':
      // The batch is at hand still: the same key, the same bytes.
      return state.phase === 'backing-off'
        ? { state: { ...state, phase: 'sending' }, actions: [{ do: 'send' }] }
        : same(state);
    case 'drain':
      return drain(state);
    case 'outcome':
      return state.phase === 'sending' ? afterAttempt(state, event, policy) : same(state);
  }
}

function same(state: ForwardState): ForwardStep {
  return { state, actions: [] };
}

function stop(state: ForwardState): ForwardStep {
  return { state: { ...state, phase: 'stopped' }, actions: [{ do: 'stop' }] };
}

/** A sink that is down is not waited for: what it did not take stays in the spool for the next start. */
function drain(state: ForwardState): ForwardStep {
  const draining = { ...state, draining: true };
  if (state.phase === 'backing-off') return stop(draining);
  return { state: draining, actions: state.phase === 'idle' ? [{ do: 'look' }] : [] };
}

type Outcome = Extract<ForwardEvent, { kind: 'outcome' }>;

function afterAttempt(state: ForwardState, event: Outcome, policy: ForwardPolicy): ForwardStep {
  switch (event.outcome.kind) {
    case 'accepted':
      return finished(state, event.messages, []);
    case 'rejected':
      return afterRejection(state, event.messages, event.outcome.reason);
    case 'retry':
      return afterFailure(state, event.outcome, { random: event.random, policy });
  }
}

function finished(state: ForwardState, messages: number, before: ForwardAction[]): ForwardStep {
  const up: ForwardAction[] = state.down ? [{ do: 'tell', event: 'sink.up', reason: '' }] : [];
  return {
    state: { ...state, phase: 'idle', failures: 0, down: false, narrow: widened(state.narrow, messages) },
    actions: [...before, { do: 'advance' }, ...up, { do: 'look' }],
  };
}

/** Past the bad message the bound doubles until it no longer matters. */
function widened(narrow: number | null, messages: number): number | null {
  if (narrow === null || messages < narrow) return null;
  return narrow >= 4_096 ? null : narrow * 2;
}

/** One bad message must not take its whole batch along: halve until it stands alone. */
function afterRejection(state: ForwardState, messages: number, reason: string): ForwardStep {
  if (messages > 1) {
    const narrow = Math.floor(messages / 2);
    return {
      state: { ...state, phase: 'idle', failures: 0, narrow },
      actions: [{ do: 'drop' }, { do: 'look' }],
    };
  }
  return finished(state, messages, [
    { do: 'quarantine', reason },
    { do: 'tell', event: 'sink.rejected', reason },
  ]);
}

function afterFailure(
  state: ForwardState,
  outcome: Extract<SinkOutcome, { kind: 'retry' }>,
  { random, policy }: { random: number; policy: ForwardPolicy },
): ForwardStep {
  const failures = state.failures + 1;
  const down = failures >= policy.breakerAfter;
  const event = down ? 'sink.down' : 'sink.retry';
  const told: ForwardAction[] = down && state.down ? [] : [{ do: 'tell', event, reason: outcome.reason }];
  const next: ForwardState = { ...state, phase: 'backing-off', failures, down };
  if (state.draining) return { state: { ...next, phase: 'stopped' }, actions: [...told, { do: 'stop' }] };
  const own = down ? probeDelay(random, policy) : backoffDelay(failures, random, policy);
  const asked = Math.min(outcome.afterMs ?? 0, MAX_ASKED_MS);
  return { state: next, actions: [...told, { do: 'wait', ms: Math.max(own, asked) }] };
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
