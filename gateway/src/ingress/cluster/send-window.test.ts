import { expect, it } from 'vitest';
import { sendWindow } from './send-window.ts';

it('has no more on its way than the cluster takes', () => {
  const window = sendWindow(2);
  expect([window.take(), window.take(), window.take()]).toEqual([1, 2, null]);
  window.acked(1);
  expect(window.take()).toBe(3);
  expect(window.size()).toBe(2);
});

it('begins again at 1 after 65,535, and passes over what is still on its way', () => {
  const window = sendWindow(65_535);
  let last: number | null = 0;
  while (last !== 65_535) {
    last = window.take();
    if (last !== 1) window.acked(last!);
  }
  expect(window.take()).toBe(2);
});
