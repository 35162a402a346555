import { describe, expect, it } from 'vitest';
import { books, countRefusedMessage } from './books.ts';
import { zeroCounters } from './counters.ts';

describe('the books', () => {
  const counters = {
    ...zeroCounters(),
    ...{ arrived: 23, received: 17, released: 2, messages: 9, duplicates: 2, reports: 1 },
    quarantined: { schema: 3, unknownModel: 2 },
    messagesRefused: { acl: 1, size: 2 },
    discarded: { consentMissing: 3 },
  };

  it('have each message in one place', () => {
    expect(books(counters, 2)).toEqual({
      ...{ in: 23, released: 2, stored: 9, duplicates: 2, reports: 1, quarantined: 5, underWay: 2 },
      refused: { acl: 1, size: 2, malformed: 0, overload: 0, consent: 0 },
      discarded: { consentMissing: 3 },
      difference: 0,
    });
  });

  it('say how many are in none, or in two', () => {
    expect(books(counters, 0).difference).toBe(2);
    expect(books(counters, 5).difference).toBe(-3);
  });

  it('know a cause for every refusal', () => {
    const { messagesRefused } = counters;
    const own = { ...counters, messagesRefused: { ...messagesRefused } };
    for (const reason of [
      'publish-topic',
      'packet-too-large',
      'bad-length',
      'parked-full',
      'consent-stale',
    ] as const)
      countRefusedMessage(own, reason);
    expect(own.messagesRefused).toEqual({ acl: 2, size: 3, malformed: 1, overload: 1, consent: 1 });
  });
});
