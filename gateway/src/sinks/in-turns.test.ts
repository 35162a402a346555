import { describe, expect, it } from 'vitest';
import { inTurns } from './in-turns.ts';

describe('inTurns', () => {
  it('works through everything in order, and lets others have their turn in between', async () => {
    const seen: unknown[] = [];
    setImmediate(() => seen.push('other'));
    await inTurns([1, 2, 3, 4, 5], 2, (portion) => seen.push([...portion]));
    expect(seen).toEqual([[1, 2], 'other', [3, 4], [5]]);
  });

  it('does nothing with nothing', async () => {
    await inTurns([], 2, () => {
      throw new Error('called');
    });
  });
});
