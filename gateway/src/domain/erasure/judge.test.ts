import { encodeRecords } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { bedHash, bedModel, bedPoint, bedTable } from '../../testing/bed-model.ts';
import { bedMessage } from '../../testing/test-spool.ts';
import { everything } from '../consent/coverage.ts';
import { createRecordDecoder } from '../forward-records.ts';
import type { StoredMessage } from '../ports.ts';
import { newErasure, type Tombstone } from './erasure.ts';
import { goesFromQuarantine, judgeMessage } from './judge.ts';
import { ERASED_KIND, encodeRemains, recordsOf } from './remains.ts';

const BORN = 1_700_000_000_000;
const decode = createRecordDecoder(() => ({ model: bedModel, table: bedTable }), everything);

/** Temperatures at seconds 1, 2, ... of the bed, of one subject. */
function temperatures(subject: number, count: number): StoredMessage {
  const entries = Array.from({ length: count }, (_, i) => ({
    form: 'record' as const,
    point: bedPoint('temperature'),
    atMs: 1_000 * (i + 1),
    values: [200 + i],
  }));
  const head = {
    kind: Kind.data,
    seq: 0,
    boot: 1,
    uptimeMs: 1_000,
    modelHash: bedTable.hash.slice(0, 4),
    epoch: 0,
  };
  const records = encodeRecords(bedTable, 1_000, entries, 'packed');
  const payload = encodeMessage({ ...head, records, ...(subject === 0 ? {} : { subject }) });
  return { ...bedMessage(0, { payload, recordCount: count }), position: 7 };
}

function tombstone(subject: number | null, seconds?: [first: number, last: number]): Tombstone {
  const range = seconds && { fromMs: BORN + seconds[0] * 1_000, toMs: BORN + seconds[1] * 1_000 };
  const facts = { id: '0a'.repeat(16), names: [], nowMs: BORN + 3_600_000, byDevice: false };
  return newErasure({ tenant: 'acme', device: 'bed-1', subject, ...range, by: 'test' }, facts);
}

/** Seconds whose records are left; null = the message stays as it is. */
function leftOf(message: StoredMessage, of: Tombstone): { gone: number; left: number[] } | null {
  const judged = judgeMessage(message, of, decode);
  if (judged === null) return null;
  const records = recordsOf(message, judged.remains);
  return { gone: judged.records, left: records.map(({ atMs }) => (atMs - BORN) / 1_000) };
}

describe('what an erasure makes of a stored message', () => {
  it.each<[string, number, Tombstone, { gone: number; left: number[] } | null]>([
    ['everything of the person goes', 1, tombstone(1), { gone: 4, left: [] }],
    ['everything of everybody goes', 1, tombstone(null), { gone: 4, left: [] }],
    ['the other person stays', 2, tombstone(1), null],
    ['nobody in particular is not somebody', 0, tombstone(1), null],
    ['nobody in particular can be meant', 0, tombstone(0), { gone: 4, left: [] }],
    ['a range takes its middle, both ends included', 1, tombstone(1, [2, 3]), { gone: 2, left: [1, 4] }],
    ['a range that is elsewhere takes nothing', 1, tombstone(1, [9, 12]), null],
  ])('%s', (_, subject, of, expected) => {
    expect(leftOf(temperatures(subject, 4), of)).toEqual(expected);
  });

  it('goes on from what an earlier one has left, and keeps the index of each record', () => {
    const message = temperatures(1, 4);
    const { remains } = judgeMessage(message, tombstone(1, [2, 2]), decode)!;
    const then: StoredMessage = { ...message, kind: ERASED_KIND, payload: encodeRemains(remains) };
    expect(leftOf(then, tombstone(2))).toBe(null);
    expect(leftOf(then, tombstone(1, [4, 4]))).toEqual({ gone: 1, left: [1, 3] });
    const decoded = decode([then]);
    expect(decoded.ok && decoded.records.map(({ index, value }) => [index, value])).toEqual([
      [0, 20],
      [2, 20.2],
      [3, 20.3],
    ]);
  });
});

describe('what an erasure makes of the quarantine', () => {
  const entry = (payload: Uint8Array, receivedAtMs = BORN + 5_000) => ({
    ...{
      id: 1,
      tenant: 'acme',
      device: 'bed-1',
      reason: 'outOfRange',
      detail: '',
      link: 'mqtt',
      madeWith: bedHash,
    },
    ...{ receivedAtMs, payload },
  });

  it.each<[string, Uint8Array, Tombstone, boolean]>([
    ["bytes that nobody can read go: they may be anybody's", Uint8Array.of(1, 2, 3), tombstone(1), true],
    ['what is of the person goes', temperatures(1, 1).payload, tombstone(1), true],
    ['what is of the other stays', temperatures(2, 1).payload, tombstone(1), false],
    ['what came before the range stays', temperatures(1, 1).payload, tombstone(1, [60, 70]), false],
  ])('%s', (_, payload, of, expected) => {
    expect(goesFromQuarantine(entry(payload), of)).toBe(expected);
  });
});
