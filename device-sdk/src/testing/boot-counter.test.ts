import { expect, it } from 'vitest';
import { nextBoot } from '../core/boot.ts';
import { storeBootCounter } from './boot-counter.ts';
import { memoryStorage } from './memory-storage.ts';
import { seededRandom } from './seeded-random.ts';

it('an old device counts its boots to the highest number, then has random ids, never a number again', () => {
  const storage = memoryStorage();
  storeBootCounter(storage, 2 ** 32 - 3);
  const boots = Array.from({ length: 5 }, () => nextBoot(storage, seededRandom(7)).key);
  expect(boots.slice(0, 2)).toEqual(['4294967294', '4294967295']);
  for (const id of boots.slice(2)) expect(id).toMatch(/^[0-9a-f]{16}$/);
});
