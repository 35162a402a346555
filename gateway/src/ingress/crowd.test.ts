import { expect, it } from 'vitest';
import { crowd } from './crowd.ts';

it('S2: a crowd holds at most so much: whoever has held on for longest lets go', () => {
  const letGo: string[] = [];
  const held = crowd<string>(100, (member) => letGo.push(member));
  held.holds('a', 40);
  held.holds('b', 40);
  held.holds('a', 50);
  expect([held.total(), letGo]).toEqual([90, []]);
  held.holds('c', 20);
  expect([held.total(), letGo]).toEqual([60, ['a']]);
  held.holds('b', 0);
  held.holds('b', 0);
  held.holds('d', 90);
  expect([held.total(), letGo]).toEqual([90, ['a', 'c']]);
});

it('lets go also of the one that alone is too much', () => {
  const letGo: string[] = [];
  const held = crowd<string>(10, (member) => letGo.push(member));
  held.holds('a', 11);
  expect([held.total(), letGo]).toEqual([0, ['a']]);
});
