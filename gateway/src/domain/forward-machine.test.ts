import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffDelay,
  type ForwardEvent,
  type ForwardPolicy,
  type ForwardState,
  forwardStart,
  forwardStep,
} from './forward-machine.ts';
import type { SinkOutcome } from './ports.ts';

const policy: ForwardPolicy = { baseMs: 100, maxMs: 1_000, breakerAfter: 3, probeEveryMs: 5_000 };

function run(events: ForwardEvent[], from: ForwardState = forwardStart) {
  let state = from;
  const steps = events.map((event) => {
    const step = forwardStep(state, event, policy);
    state = step.state;
    return step.actions;
  });
  return { state, last: steps.at(-1) ?? [], steps };
}

const batch: ForwardEvent = { kind: 'batch' };
const due: ForwardEvent = { kind: 'due' };

function outcome(outcome: SinkOutcome, { messages = 10, random = 0.5 } = {}): ForwardEvent {
  return { kind: 'outcome', outcome, messages, random };
}

const accepted = outcome({ kind: 'accepted' });
const retry = outcome({ kind: 'retry', reason: 'no answer' });

describe('forward machine', () => {
  it('sends a batch and moves the cursor only when it was accepted', () => {
    expect(run([batch]).last).toEqual([{ do: 'send' }]);
    expect(run([batch, accepted]).last).toEqual([{ do: 'advance' }, { do: 'look' }]);
    expect(run([batch, retry]).last).not.toContainEqual({ do: 'advance' });
  });

  it('sends the same batch again after the delay, without looking for another', () => {
    const { state, last } = run([batch, retry, due]);
    expect(last).toEqual([{ do: 'send' }]);
    expect(state.phase).toBe('sending');
  });

  it('doubles the bound of the delay up to the maximum and draws below it', () => {
    const bounds = [1, 2, 3, 4, 5, 50].map((failures) => backoffDelay(failures, 1, policy));
    expect(bounds).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backoffDelay(3, 0, policy)).toBe(0);
    expect(backoffDelay(3, 0.25, policy)).toBe(100);
  });

  it('waits at least as long as the receiver asks', () => {
    const asked = outcome({ kind: 'retry', reason: 'HTTP 429', afterMs: 7_000 });
    expect(run([batch, asked]).last).toContainEqual({ do: 'wait', ms: 7_000 });
  });

  it('does not let a receiver silence it for more than an hour', () => {
    const asked = outcome({ kind: 'retry', reason: 'HTTP 503', afterMs: 86_400_000 });
    expect(run([batch, asked]).last).toContainEqual({ do: 'wait', ms: 3_600_000 });
  });

  it('opens the breaker after failures in a row, tells it once, and only probes', () => {
    const events = [batch, retry, due, retry, due, retry];
    const opened = run(events);
    expect(opened.state).toMatchObject({ down: true, failures: 3 });
    expect(opened.last).toEqual([
      { do: 'tell', event: 'sink.down', reason: 'no answer' },
      { do: 'wait', ms: 3_750 },
    ]);
    expect(run([...events, due, retry]).last).toEqual([{ do: 'wait', ms: 3_750 }]);
  });

  it('closes the breaker with the first batch that gets through, and tells it', () => {
    const { state, last } = run([batch, retry, due, retry, due, retry, due, accepted]);
    expect(state).toMatchObject({ down: false, failures: 0, phase: 'idle' });
    expect(last).toContainEqual({ do: 'tell', event: 'sink.up', reason: '' });
  });

  it('halves a refused batch until one message stands alone, and puts only that one aside', () => {
    const refused = (messages: number) => outcome({ kind: 'rejected', reason: 'HTTP 400' }, { messages });
    const { state, last } = run([batch, refused(4), batch, refused(2)]);
    expect(state.narrow).toBe(1);
    expect(last).toEqual([{ do: 'drop' }, { do: 'look' }]);
    expect(run([batch, refused(1)], state).last).toEqual([
      { do: 'quarantine', reason: 'HTTP 400' },
      { do: 'tell', event: 'sink.rejected', reason: 'HTTP 400' },
      { do: 'advance' },
      { do: 'look' },
    ]);
  });

  it('widens again behind the bad message', () => {
    const narrow = { ...forwardStart, narrow: 1 };
    expect(run([batch, outcome({ kind: 'accepted' }, { messages: 1 })], narrow).state.narrow).toBe(2);
    const rest = outcome({ kind: 'accepted' }, { messages: 1 });
    expect(run([batch, rest], { ...forwardStart, narrow: 8 }).state.narrow).toBeNull();
  });

  it('drains what is there and stops when nothing is left', () => {
    expect(run([{ kind: 'drain' }]).last).toEqual([{ do: 'look' }]);
    expect(run([{ kind: 'drain' }, batch, accepted]).last).toEqual([{ do: 'advance' }, { do: 'look' }]);
    expect(run([{ kind: 'drain' }, { kind: 'nothing' }]).last).toEqual([{ do: 'stop' }]);
  });

  it('does not wait for a sink that fails while it drains', () => {
    expect(run([{ kind: 'drain' }, batch, retry]).last.at(-1)).toEqual({ do: 'stop' });
    expect(run([batch, retry, { kind: 'drain' }]).last).toEqual([{ do: 'stop' }]);
  });

  it('never advances past a batch that was neither accepted nor put aside, whatever happens', () => {
    const anyOutcome = fc.oneof(
      fc.constant<SinkOutcome>({ kind: 'accepted' }),
      fc.constant<SinkOutcome>({ kind: 'rejected', reason: 'bad' }),
      fc.nat(10_000).map((afterMs): SinkOutcome => ({ kind: 'retry', reason: 'later', afterMs })),
    );
    const anyEvent: fc.Arbitrary<ForwardEvent> = fc.oneof(
      fc.constantFrom<ForwardEvent>(batch, due, { kind: 'nothing' }, { kind: 'drain' }),
      fc.tuple(anyOutcome, fc.integer({ min: 1, max: 8 }), fc.double({ min: 0, max: 1, noNaN: true })).map(
        ([result, messages, random]): ForwardEvent => ({
          kind: 'outcome',
          outcome: result,
          messages,
          random,
        }),
      ),
    );
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let state = forwardStart;
        for (const event of events) {
          const { state: next, actions } = forwardStep(state, event, policy);
          if (actions.some((action) => action.do === 'advance')) {
            expect(state.phase).toBe('sending');
            const result = event.kind === 'outcome' ? event.outcome.kind : 'none';
            const aside = actions.some((action) => action.do === 'quarantine');
            expect(result === 'accepted' || (result === 'rejected' && aside)).toBe(true);
          }
          // One thing at a time: never two attempts at once, and a wait only while backing off.
          expect(actions.filter((action) => action.do === 'send').length).toBeLessThanOrEqual(1);
          if (actions.some((action) => action.do === 'wait')) expect(next.phase).toBe('backing-off');
          state = next;
        }
      }),
    );
  });
});
