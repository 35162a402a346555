import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffDelay,
  type ForwardAction,
  type ForwardEvent,
  type ForwardPolicy,
  type ForwardState,
  forwardStart,
  forwardStep,
  roomIn,
} from './forward-machine.ts';
import type { SinkOutcome } from './ports.ts';
import type { Range } from './progress.ts';

const policy: ForwardPolicy = {
  baseMs: 100,
  maxMs: 1_000,
  breakerAfter: 3,
  probeEveryMs: 5_000,
  maxConcurrent: 4,
};

function run(events: ForwardEvent[], from: ForwardState = forwardStart()) {
  let state = from;
  let last: ForwardAction[] = [];
  for (const event of events) {
    const step = forwardStep(state, event, policy);
    state = step.state;
    last = step.actions;
  }
  return { state, last };
}

const one: Range = { first: 1, last: 10 };
const two: Range = { first: 11, last: 20 };
const batch = (range: Range): ForwardEvent => ({ kind: 'batch', range });
const due: ForwardEvent = { kind: 'due' };

let clockMs = 0;
function outcome(range: Range, result: SinkOutcome, change: { middle?: number | null } = {}): ForwardEvent {
  clockMs += 1_000;
  const times = { tookMs: 10, nowMs: clockMs, random: 0.5 };
  return { kind: 'outcome', range, outcome: result, middle: null, ...times, ...change };
}

const accepted = (range: Range) => outcome(range, { kind: 'accepted' });
const retry = (range: Range) => outcome(range, { kind: 'retry', reason: 'no answer' });
const rejected = (range: Range, middle: number | null) =>
  outcome(range, { kind: 'rejected', reason: 'HTTP 400' }, { middle });

const send = (range: Range) => ({ do: 'send', range });

describe('forward machine', () => {
  it('sends a batch, and is done with it only when it was accepted', () => {
    expect(run([batch(one)]).last).toEqual([send(one)]);
    expect(run([batch(one), accepted(one)]).last).toEqual([{ do: 'advance', range: one }, { do: 'look' }]);
    expect(run([batch(one), retry(one)]).last.some((action) => action.do === 'advance')).toBe(false);
  });

  it('sends one batch until it has seen that more are taken as fast', () => {
    expect(roomIn(run([batch(one)]).state)).toBe(0);
    const second = run([batch(one), accepted(one), batch(two)]);
    expect(second.last).toEqual([send(two), { do: 'look' }]);
    expect(second.state.limit.current).toBe(2);
  });

  it('sends the same batch again after the delay, before any new one', () => {
    const { state, last } = run([batch(one), retry(one), due]);
    expect(last).toEqual([send(one)]);
    expect(state).toMatchObject({ flying: [one], again: [] });
    expect(run([batch(one), retry(one), batch(two)]).last).toEqual([]);
  });

  it('begins with what was begun in an earlier life, oldest first', () => {
    const { state, last } = run([due], forwardStart([one, two]));
    expect(last).toEqual([send(one)]);
    expect(run([accepted(one)], state).last).toEqual([
      { do: 'advance', range: one },
      send(two),
      { do: 'look' },
    ]);
  });

  it('doubles the bound of the delay up to the maximum and draws below it', () => {
    const bounds = [1, 2, 3, 4, 5, 50].map((failures) => backoffDelay(failures, 1, policy));
    expect(bounds).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backoffDelay(3, 0, policy)).toBe(0);
    expect(backoffDelay(3, 0.25, policy)).toBe(100);
  });

  it.each([
    [7_000, 7_000],
    // Not silenced for more than an hour.
    [86_400_000, 3_600_000],
  ])('waits as long as the receiver asks: %i ms', (afterMs, ms) => {
    const asked = outcome(one, { kind: 'retry', reason: 'HTTP 429', afterMs });
    expect(run([batch(one), asked]).last).toContainEqual({ do: 'wait', ms });
  });

  const twice: ForwardState = { ...forwardStart(), flying: [one, two] };

  it('takes failures of batches that were under way together for one', () => {
    const { state, last } = run([retry(one), retry(two)], twice);
    expect(state).toMatchObject({ failures: 1, isBackingOff: true, again: [one, two], flying: [] });
    expect(last).toEqual([]);
    const asked = outcome(two, { kind: 'retry', reason: 'HTTP 429', afterMs: 9_000 });
    expect(run([retry(one), asked], twice).last).toEqual([{ do: 'wait', ms: 9_000 }]);
  });

  it('opens the breaker after failures in a row, tells it once, and probes with one batch', () => {
    const events = [retry(one), retry(two), due, retry(one), retry(two), due, retry(one)];
    const opened = run(events, { ...twice, limit: { ...twice.limit, current: 4 } });
    expect(opened.state).toMatchObject({ down: true, failures: 3, again: [one, two] });
    expect(opened.last).toEqual([
      { do: 'tell', event: 'sink.down', reason: 'no answer', range: one },
      { do: 'wait', ms: 3_750 },
    ]);
    const probed = run([due], opened.state);
    expect(probed.last).toEqual([send(one)]);
    expect(run([retry(one)], probed.state).last).toEqual([{ do: 'wait', ms: 3_750 }]);
  });

  it('closes the breaker with the first batch that gets through, and tells it', () => {
    const { state, last } = run([
      batch(one),
      retry(one),
      due,
      retry(one),
      due,
      retry(one),
      due,
      accepted(one),
    ]);
    expect(state).toMatchObject({ down: false, failures: 0, flying: [] });
    expect(last).toContainEqual({ do: 'tell', event: 'sink.up', reason: '', range: one });
  });

  it('halves a refused batch until one message stands alone, and puts only that one aside', () => {
    const halved = run([batch(one), rejected(one, 6)]);
    const [left, right] = [
      { first: 1, last: 5 },
      { first: 6, last: 10 },
    ];
    expect(halved.last.slice(0, 2)).toEqual([{ do: 'split', range: one, middle: 6 }, send(left)]);
    expect([...halved.state.flying, ...halved.state.again]).toEqual([left, right]);
    expect(run([rejected(left, null)], halved.state).last.slice(0, 3)).toEqual([
      { do: 'quarantine', range: left, reason: 'HTTP 400' },
      { do: 'tell', event: 'sink.rejected', reason: 'HTTP 400', range: left },
      { do: 'advance', range: left },
    ]);
  });

  it('begins nothing while it is paused, and goes on where it was', () => {
    const paused = run([batch(one), { kind: 'pause' }, retry(one), due]);
    expect(paused.last).toEqual([]);
    expect(run([{ kind: 'resume' }], paused.state).last).toEqual([send(one)]);
    expect(run([{ kind: 'drain' }], paused.state).last).toEqual([{ do: 'stop' }]);
  });

  it('drains what is there and stops when nothing is left', () => {
    expect(run([{ kind: 'drain' }]).last).toEqual([{ do: 'look' }]);
    expect(run([{ kind: 'drain' }, { kind: 'nothing' }]).last).toEqual([{ do: 'stop' }]);
    const one_left = run([{ kind: 'drain' }, { kind: 'nothing' }], twice);
    expect(one_left.state.phase).toBe('draining');
    expect(run([accepted(one), accepted(two), { kind: 'nothing' }], one_left.state).last).toEqual([
      { do: 'stop' },
    ]);
  });

  it('leaves with what is under way: nothing else is sent', () => {
    const left = run([{ kind: 'leave' }, accepted(one)], twice);
    expect([left.state.phase, left.last]).toEqual(['ending', [{ do: 'advance', range: one }]]);
    expect(run([accepted(two)], left.state).last.at(-1)).toEqual({ do: 'stop' });
    expect(run([{ kind: 'leave' }]).last).toEqual([{ do: 'stop' }]);
  });

  it('does not wait for a sink that fails while it drains', () => {
    expect(run([{ kind: 'drain' }, batch(one), retry(one)]).last.at(-1)).toEqual({ do: 'stop' });
    expect(run([batch(one), retry(one), { kind: 'drain' }]).last).toEqual([{ do: 'stop' }]);
    expect(run([{ kind: 'drain' }, retry(one)], twice).state.phase).toBe('ending');
    expect(run([{ kind: 'drain' }, retry(one), accepted(two)], twice).last.at(-1)).toEqual({ do: 'stop' });
  });

  it('never is done with a batch that was neither accepted nor put aside, never sends one twice at once, nor more than it may', () => {
    const pick = fc.nat(1_000);
    const kinds = fc.constantFrom(
      'batch',
      'nothing',
      'due',
      'drain',
      'leave',
      'pause',
      'resume',
      'accepted',
      'rejected',
      'retry',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, pick, fc.boolean()), { maxLength: 120 }), (script) => {
        let state = forwardStart();
        let next = 1;
        for (const [kind, picked, flag] of script) {
          const flown = state.flying[picked % Math.max(1, state.flying.length)];
          const event = scripted(kind, { flown, flag, next });
          if (event === null) continue;
          if (event.kind === 'batch') next = event.range.last + 1;
          const before = state;
          const { state: after, actions } = forwardStep(before, event, policy);
          for (const action of actions) {
            if (action.do === 'advance') {
              const result = event.kind === 'outcome' ? event.outcome.kind : 'none';
              const isAside = actions.some((other) => other.do === 'quarantine');
              expect(result === 'accepted' || (result === 'rejected' && isAside)).toBe(true);
              expect(action.range).toBe(flown);
            }
            if (action.do === 'send')
              expect(
                before.flying.filter((r) => r.first === action.range.first && event.kind !== 'outcome'),
              ).toEqual([]);
            if (action.do === 'wait') expect(after.isBackingOff).toBe(true);
          }
          const firsts = [...after.flying, ...after.again].map(({ first }) => first);
          expect(new Set(firsts).size).toBe(firsts.length);
          expect(after.flying.length).toBeLessThanOrEqual(policy.maxConcurrent!);
          state = after;
        }
      }),
    );
  });
});

function scripted(
  kind: string,
  { flown, flag, next }: { flown: Range | undefined; flag: boolean; next: number },
): ForwardEvent | null {
  if (kind === 'batch') return batch({ first: next, last: next + (flag ? 0 : 7) });
  if (kind === 'nothing' || kind === 'due') return { kind };
  if (kind === 'drain' || kind === 'leave' || kind === 'pause' || kind === 'resume') return { kind };
  if (flown === undefined) return null;
  if (kind === 'accepted') return accepted(flown);
  if (kind === 'retry') return retry(flown);
  return rejected(flown, flown.last > flown.first ? flown.first + 1 : null);
}
