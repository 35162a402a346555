import { expect, it } from 'vitest';
import { answerLine, NOT_TAKEN, STORED } from './answer-line.ts';

const ids = (line: ReturnType<typeof answerLine>) => line.ready().map(({ packetId }) => packetId);

it('gives answers in the order of arrival, whichever is known first', () => {
  const line = answerLine();
  for (const id of [7, 3, 9]) line.arrived(id);
  line.answer(9, STORED);
  expect(ids(line)).toEqual([]);
  line.answer(7, STORED);
  expect(ids(line)).toEqual([7]);
  line.answer(3, NOT_TAKEN);
  expect(line.ready()).toEqual([
    { packetId: 3, code: NOT_TAKEN },
    { packetId: 9, code: STORED },
  ]);
  expect(line.waiting()).toBe(0);
});

it('gives no answer to what did not come on this connection', () => {
  const line = answerLine();
  line.answer(5, STORED);
  line.arrived(6);
  expect(ids(line)).toEqual([]);
  expect(line.waiting()).toBe(1);
});
