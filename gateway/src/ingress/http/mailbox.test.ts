import { expect, it } from 'vitest';
import { mailboxes } from './mailbox.ts';

const message = (first: number, length = 1) => new Uint8Array(length).fill(first);

it('keeps messages for devices that ask here, and gives each once', () => {
  const boxes = mailboxes(10);
  expect(boxes.put('a', message(1))).toBe('no-box');
  boxes.open('a');
  expect([boxes.put('a', message(1)), boxes.put('a', message(2))]).toEqual(['kept', 'kept']);
  expect([...boxes.take('a')]).toEqual([1, 2]);
  expect([...boxes.take('a')]).toEqual([]);
});

it('keeps its own copy: what is given may be a view into a buffer that goes on', () => {
  const boxes = mailboxes(10);
  const bytes = message(1);
  boxes.open('a');
  boxes.put('a', bytes);
  bytes[0] = 9;
  expect([...boxes.take('a')]).toEqual([1]);
});

it.each([
  ['64 messages', 65, 1],
  ['64 KiB', 5, 16_384],
])('lets the oldest give way above %s', (_, count, length) => {
  const boxes = mailboxes(10);
  boxes.open('a');
  const results = Array.from({ length: count }, (_, i) => boxes.put('a', message(i, length)));
  expect(results.map((result) => result === 'kept')).toEqual([...Array(count - 1).fill(true), false]);
  expect(boxes.take('a')[0]).toBe(1);
});

it('forgets the device that has not asked for longest', () => {
  const boxes = mailboxes(2);
  for (const device of ['a', 'b', 'a', 'c']) boxes.open(device);
  expect([boxes.put('a', message(1)), boxes.put('b', message(1)), boxes.size()]).toEqual([
    'kept',
    'no-box',
    2,
  ]);
});
