import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/index.ts';
import { backoffMs } from './backoff.ts';
import { ByteBuffer, ByteCursor } from './byte-buffer.ts';
import { crc32 } from './crc32.ts';
import { beginFrame, endFrame, scanFrames } from './frames.ts';
import { histogramItem, newHistogram, observe } from './histogram.ts';
import {
  readRow,
  writeBool,
  writeBytes,
  writeInt,
  writeList,
  writeNone,
  writeRowHead,
  writeText,
} from './row.ts';
import { firstSession, stepSession } from './session-machine.ts';

function framesOf(payloads: Uint8Array[]): Uint8Array {
  const out = new ByteBuffer(16);
  for (const payload of payloads) {
    const frame = beginFrame(out);
    out.raw(payload);
    endFrame(out, frame);
  }
  return out.copy(0, out.size);
}

function scan(bytes: Uint8Array): { payloads: Uint8Array[]; torn: number } {
  const payloads: Uint8Array[] = [];
  const torn = scanFrames(bytes, (from, to) => payloads.push(bytes.slice(from, to)));
  return { payloads, torn };
}

describe('frames', () => {
  it('has the check value of CRC-32', () => {
    const text = new TextEncoder().encode('123456789');
    expect(crc32(text, 0, text.length)).toBe(0xcbf43926);
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (payloads) => {
        expect(scan(framesOf(payloads))).toEqual({ payloads, torn: 0 });
      }),
    );
  });

  it('are never invented: any damage gives a part of what was written', () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (all, at, flip, cut) => {
        const bytes = framesOf(all);
        bytes[at % bytes.length]! ^= flip;
        const kept = bytes.subarray(0, bytes.length - (cut % bytes.length));
        const written = all.map((each) => each.join());
        for (const payload of scan(kept).payloads) expect(written).toContain(payload.join());
      }),
    );
  });
});

describe('rows', () => {
  it('give back every kind of value', () => {
    const int = fc.maxSafeInteger();
    const value = fc.oneof(
      int,
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
      fc.array(int),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.nat(), fc.maxSafeNat(), fc.array(value, { maxLength: 12 }), (point, atMs, values) => {
        const out = new ByteBuffer(4);
        writeRowHead(out, point, atMs, values.length);
        for (const each of values) {
          if (each === null) writeNone(out);
          else if (typeof each === 'number') writeInt(out, each + 0);
          else if (typeof each === 'boolean') writeBool(out, each);
          else if (typeof each === 'string') writeText(out, each);
          else if (Array.isArray(each)) writeList(out, each);
          else writeBytes(out, each);
        }
        const cursor = new ByteCursor(out.bytes, 0, out.size);
        expect(readRow(cursor)).toEqual({ point, atMs, values });
        expect(readRow(cursor)).toBeNull();
      }),
    );
  });

  it('of random bytes are read without a throw or an endless loop', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const cursor = new ByteCursor(bytes, 0, bytes.length);
        let rows = 0;
        while (readRow(cursor) !== null) rows += 1;
        expect(rows).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('a histogram', () => {
  it('counts every value once, in a bucket that holds it, and stays small', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 2 ** 40 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, (all) => {
        const histogram = newHistogram();
        for (const value of all) observe(histogram, value);
        const [count, sum, min, max, scale, zeros, offset, ...buckets] = histogramItem(histogram);
        expect({ count, sum, min, max }).toEqual({
          count: all.length,
          sum: all.reduce((total, each) => total + each, 0),
          min: Math.min(...all),
          max: Math.max(...all),
        });
        expect(zeros).toBe(all.filter((each) => each <= 0).length);
        expect(buckets.length).toBeLessThanOrEqual(40);
        const base = 2 ** (2 ** -scale!);
        buckets.forEach((held, i) => {
          const low = base ** (offset! + i) * (1 - 1e-6);
          const high = base ** (offset! + i + 1) * (1 + 1e-6);
          expect(all.filter((each) => each > low && each <= high).length).toBeGreaterThanOrEqual(held);
        });
        expect(buckets.reduce((total, each) => total + each, zeros!)).toBe(all.length);
      }),
    );
  });
});

describe('the backoff', () => {
  it('is spread over the whole range below its bound and grows with it', () => {
    const options = { minRetryMs: 100, maxRetryMs: 10_000 };
    const random = seededRandom(3);
    const waits = (attempt: number) => Array.from({ length: 500 }, () => backoffMs(options, attempt, random));
    expect(Math.max(...waits(1))).toBeLessThanOrEqual(200);
    expect(Math.max(...waits(4))).toBeGreaterThan(1200);
    expect(Math.max(...waits(60))).toBeLessThanOrEqual(10_000);
    expect(Math.min(...waits(60))).toBeLessThan(500);
    expect(Math.min(...waits(60))).toBeGreaterThanOrEqual(10);
  });
});

describe('the session machine', () => {
  const tick = (nowMs: number) => ({ type: 'tick', nowMs, connectTimeoutMs: 100, retryMs: 50 }) as const;

  it('connects, gives up, waits, connects again', () => {
    const connecting = stepSession(firstSession, tick(0));
    expect(connecting).toMatchObject({ action: 'open', session: { phase: 'connecting', dueMs: 100 } });
    expect(stepSession(connecting.session, tick(99)).action).toBe('none');
    const waiting = stepSession(connecting.session, tick(100));
    expect(waiting).toMatchObject({
      action: 'close',
      session: { phase: 'waiting', dueMs: 150, failures: 1 },
    });
    expect(stepSession(waiting.session, tick(150)).action).toBe('open');
  });

  it('forgets failures when something was acknowledged, not when a link opened', () => {
    const failed = { ...firstSession, phase: 'connecting', failures: 5 } as const;
    const open = stepSession(failed, { type: 'opened' }).session;
    expect(open.failures).toBe(5);
    expect(stepSession(open, { type: 'proved' }).session.failures).toBe(0);
  });

  it('does nothing after it was stopped', () => {
    const stopped = stepSession(firstSession, { type: 'stop' });
    expect(stopped.action).toBe('close');
    for (const event of [tick(1e9), { type: 'opened' }, { type: 'proved' }] as const) {
      expect(stepSession(stopped.session, event)).toEqual({ session: stopped.session, action: 'none' });
    }
  });
});
