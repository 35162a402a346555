import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeReplay,
  type MessageId,
  maxReplayBoots,
  type ReplayState,
  recordSeen,
  replayWindow,
  restoreReplayState,
} from './replay-window.ts';

const seeAll = (state: ReplayState, ids: MessageId[]) => ids.reduce(recordSeen, state);
const at = (boot: number, seq: number): MessageId => ({ boot, seq });
const random = (first: number) => Uint8Array.from([first, 0, 0, 0, 0, 0, 0, 0]);

describe('the replay window', () => {
  it('tells new from repeated in any order inside the window', () => {
    const state = seeAll(replayWindow(64), [at(1, 0), at(1, 5), at(1, 3)]);
    const verdicts = [0, 1, 2, 3, 4, 5, 6].map((seq) => judgeReplay(state, at(1, seq)));
    expect(verdicts).toEqual(['repeated', 'new', 'new', 'repeated', 'new', 'repeated', 'new']);
  });

  it('calls what fell out of it expired, whether it was seen or not', () => {
    const state = seeAll(replayWindow(64), [at(1, 0), at(1, 100)]);
    expect(judgeReplay(state, at(1, 0))).toBe('expired');
    expect(judgeReplay(state, at(1, 36))).toBe('expired');
    expect(judgeReplay(state, at(1, 37))).toBe('new');
  });

  it('keeps every bit through jumps of any width', () => {
    for (const jump of [1, 31, 32, 33, 63, 64, 65, 96, 127]) {
      const seen = [0, 1, 2, 40, 63];
      const state = seeAll(
        replayWindow(256),
        [...seen, 63 + jump].map((seq) => at(1, seq)),
      );
      const repeated = Array.from({ length: 63 + jump }, (_, seq) => seq).filter(
        (seq) => judgeReplay(state, at(1, seq)) === 'repeated',
      );
      expect(repeated).toEqual(seen);
    }
  });

  it('holds at both ends of the numbers', () => {
    const state = seeAll(replayWindow(32), [at(0, 0), at(4294967295, 4294967295)]);
    expect(judgeReplay(state, at(0, 0))).toBe('repeated');
    expect(judgeReplay(state, at(4294967295, 4294967295))).toBe('repeated');
    expect(judgeReplay(state, at(4294967295, 4294967264))).toBe('new');
    expect(judgeReplay(state, at(4294967295, 4294967263))).toBe('expired');
  });

  it('takes a backlog of several boots after the newest one, and what was lost on the way again', () => {
    const state = seeAll(replayWindow(), [at(420, 0), at(417, 9), at(418, 0)]);
    expect(judgeReplay(state, at(417, 9))).toBe('repeated');
    expect(judgeReplay(state, at(417, 10))).toBe('new');
    expect(judgeReplay(state, at(419, 0))).toBe('new');
  });

  it('closes the oldest boots for good', () => {
    const boots = Array.from({ length: maxReplayBoots + 3 }, (_, boot) => at(boot, 7));
    const state = seeAll(replayWindow(32), boots);
    expect(state.boots.length).toBe(maxReplayBoots);
    expect([0, 1, 2, 3].map((boot) => judgeReplay(state, at(boot, 8)))).toEqual([
      'expired',
      'expired',
      'expired',
      'new',
    ]);
    expect(recordSeen(state, at(1, 8))).toBe(state);
  });

  it('takes a random boot that it has not seen only with a proof of freshness', () => {
    const state = recordSeen(replayWindow(32), { boot: random(1), seq: 4 });
    expect(judgeReplay(state, { boot: random(1), seq: 4 }, { fresh: true })).toBe('repeated');
    expect(judgeReplay(state, { boot: random(1), seq: 5 })).toBe('new');
    expect(judgeReplay(state, { boot: random(2), seq: 0 })).toBe('unproven');
    expect(judgeReplay(state, { boot: random(2), seq: 0 }, { fresh: true })).toBe('new');
  });

  it('comes back from JSON as it was, and from nothing else', () => {
    const state = seeAll(replayWindow(64), [at(3, 3), at(4, 90), { boot: random(9), seq: 1 }]);
    const saved = JSON.parse(JSON.stringify(state));
    expect(restoreReplayState(saved)).toEqual(state);
    const [first] = state.boots;
    for (const wrong of [
      null,
      'x',
      {},
      { ...state, size: 33 },
      { ...state, size: 131072 },
      { ...state, floor: -2 },
      { ...state, boots: null },
      { ...state, boots: [{ ...first, words: [1] }] },
      { ...state, boots: [{ ...first, words: [1, -1] }] },
      { ...state, boots: [{ ...first, top: 0.5 }] },
      { ...state, boots: [{ ...first, boot: 'xyz' }] },
      { ...state, boots: Array(maxReplayBoots + 1).fill(first) },
    ])
      expect(restoreReplayState(wrong), JSON.stringify(wrong)).toBe(null);
  });

  it('is not made of a size that it cannot have', () => {
    for (const size of [0, 31, 33, 65568]) expect(() => replayWindow(size)).toThrow('replay window');
  });
});

const arbitraryIds = fc.array(
  fc.record({ boot: fc.integer({ min: 0, max: 12 }), seq: fc.integer({ min: 0, max: 200 }) }),
  { maxLength: 300 },
);

describe('whatever comes in whatever order', () => {
  it('nothing is taken twice, also when the state is saved and restored between any two messages', () => {
    fc.assert(
      fc.property(arbitraryIds, fc.boolean(), (ids, saving) => {
        const taken = new Set<string>();
        let state = replayWindow(128);
        for (const id of ids) {
          const name = `${id.boot}/${id.seq}`;
          if (judgeReplay(state, id) === 'new') {
            expect(taken.has(name)).toBe(false);
            taken.add(name);
            state = recordSeen(state, id);
          } else if (judgeReplay(state, id) === 'repeated') expect(taken.has(name)).toBe(true);
          if (saving) state = restoreReplayState(JSON.parse(JSON.stringify(state))) as ReplayState;
        }
      }),
    );
  });

  it('a sender in order, with gaps, repeats and reboots, loses nothing', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 20 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, (moves) => {
        let state = replayWindow(64);
        let id = at(0, 0);
        for (const [skip, chance] of moves) {
          id = chance === 0 ? at((id.boot as number) + skip, 0) : at(id.boot as number, id.seq + skip);
          expect(judgeReplay(state, id)).toBe('new');
          state = recordSeen(state, id);
          expect(judgeReplay(state, id)).toBe('repeated');
        }
      }),
    );
  });
});
