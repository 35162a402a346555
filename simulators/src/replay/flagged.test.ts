import { expect, test } from 'vitest';
import { countFlagged } from './flagged.ts';
import { replayModels } from './models/index.ts';
import type { Action } from './recording.ts';

const at = { atMs: 0 };

test('values outside a range that keeps them are counted once a record', () => {
  const sleep: Action[] = [
    { form: 'sample', point: 'heart_rate', ...at, value: 4 },
    { form: 'sample', point: 'heart_rate', ...at, value: 60 },
    { form: 'sample', point: 'heart_rate', ...at, value: 214 },
    { form: 'sample', point: 'heart_rate', ...at, value: 221 },
    { form: 'record', point: 'beat', ...at, value: 4.729 },
    { form: 'record', point: 'beat', ...at, value: 0.8 },
  ];
  expect(countFlagged(sleep, replayModels.sleep)).toBe(3);
  const reading: Action = {
    form: 'record',
    point: 'reading',
    ...at,
    attributes: { weight: -1, pressure: 99 },
  };
  expect(countFlagged([reading], replayModels.espresso)).toBe(1);
});
