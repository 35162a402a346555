import { describe, expect, it } from 'vitest';
import { outcomeOf } from './answer.ts';
import { retryAfterMs } from './retry-after.ts';

const now = Date.UTC(2026, 0, 1);
const answer = (status: number, headers = {}) =>
  outcomeOf({ status, headers, text: '', excerpt: 'why' }, now);

describe('what an answer means', () => {
  it.each([200, 201, 202, 204])('%i is accepted', (status) => {
    expect(answer(status)).toEqual({ kind: 'accepted', answer: `HTTP ${status}` });
  });

  it.each([400, 405, 409, 410, 413, 415, 422])('%i refuses the batch', (status) => {
    expect(answer(status)).toEqual({ kind: 'rejected', reason: `HTTP ${status}: why` });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%i asks for a retry', (status) => {
    expect(answer(status).kind).toBe('retry');
  });

  it.each([401, 403, 404, 407])('%i is about the address or the credentials: the batch is kept', (status) => {
    expect(answer(status).kind).toBe('retry');
  });

  it.each([301, 302, 307, 308])('%i is not followed and says what to do', (status) => {
    expect(answer(status)).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('set the final url'),
    });
  });

  it('obeys Retry-After in seconds and as a date', () => {
    expect(answer(429, { 'retry-after': '7' })).toMatchObject({ afterMs: 7_000 });
    expect(answer(503, { 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' })).toMatchObject({
      afterMs: 120_000,
    });
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['Thursday, 01-Jan-26 00:00:05 GMT', 5_000],
  ])('%s is %i ms', (text, ms) => {
    expect(retryAfterMs(text, now)).toBe(ms);
  });

  it.each([undefined, '', 'soon', '-5', '1.5', '99999999999999'])('%s counts as absent', (text) => {
    expect(retryAfterMs(text, now)).toBeUndefined();
  });
});
