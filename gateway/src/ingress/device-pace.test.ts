import { describe, expect, it } from 'vitest';
import { costAtBroker, devicePace } from './device-pace.ts';

const LIMITS = { messagesPerSecond: 100, burstMessages: 10, bytesPerSecond: 1_000, burstBytes: 2_000 };

describe('the pace of a device', () => {
  it('S2: is that of its messages or of its bytes, whichever is slower', () => {
    const many = devicePace(LIMITS);
    expect(Array.from({ length: 10 }, () => many.take(1, 10, 0))).toEqual(Array(10).fill(0));
    expect(many.take(10, 10, 0)).toBe(100);
    const large = devicePace(LIMITS);
    expect(large.take(1, 2_000, 0)).toBe(0);
    expect(large.take(1, 500, 0)).toBe(500);
  });

  it('makes no pause shorter than what is worth a timer, and takes nothing away by that', () => {
    const pace = devicePace(LIMITS);
    pace.take(10, 0, 0);
    expect(pace.take(1, 0, 0)).toBe(50);
    // The pause was 40 ms too long: four messages pass at once.
    expect([1, 1, 1, 1].map((cost) => pace.take(cost, 0, 50))).toEqual([0, 0, 0, 0]);
    expect(pace.take(1, 0, 50)).toBe(50);
  });
});

it.each([
  ['a hello', 0x32, 60, 4],
  ['PINGREQ', 0xc0, 2, 4],
  ['SUBSCRIBE to its own commands', 0x82, 40, 9],
  ['SUBSCRIBE with 1,000 filters', 0x82, 4_004, 504],
  ['UNSUBSCRIBE with 1,000 filters', 0xa2, 4_004, 504],
])('%s costs the broker as much as so many messages the guard', (_name, header, bytes, cost) => {
  expect(costAtBroker(header, bytes)).toBe(cost);
});
